"""Logs samples to MLflow: a run and a logged model each, registered under the sample's name, the last one `champion`."""

from dataclasses import dataclass
from importlib.metadata import version

import mlflow
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.models.model import ModelInfo
from mlflow.types.schema import ColSpec, DataType, Schema, TensorSpec

from sample import Sample, run_onnx

# What the MLmodel's requirements name, beside MLflow itself, which MLflow adds.
REQUIREMENTS = {"onnx": ["onnx", "onnxruntime", "numpy"], "sklearn": ["scikit-learn", "numpy", "scipy"]}

# Goes through to onnx.save_model, whose own choice is `<uuid>.data`: new in every run, and made from the network address.
EXTERNAL_DATA = "model.onnx.data"


@dataclass
class Logged:
    """Where a sample went."""

    sample: Sample
    version: str
    run: str
    model_id: str
    prefix: str  # key prefix of the artifacts in the bucket


def log(sample: Sample) -> Logged:
    experiment = mlflow.set_experiment(sample.experiment)
    with mlflow.start_run(run_name=sample.name) as run:
        mlflow.log_params(sample.params)
        info = log_model(sample)
        mlflow.log_metrics(sample.metrics, model_id=info.model_id)
    return Logged(
        sample=sample,
        version=str(info.registered_model_version),
        run=run.info.run_id,
        model_id=info.model_id,
        prefix=f"mlflow/{experiment.experiment_id}/models/{info.model_id}/artifacts/",
    )


def log_model(sample: Sample) -> ModelInfo:
    common = {
        "name": "model",
        "registered_model_name": sample.name,
        "signature": signature(sample),
        "input_example": input_example(sample),
        "pip_requirements": [f"{package}=={version(package)}" for package in REQUIREMENTS[sample.format]],
        "metadata": metadata(sample),
        "params": {key: str(value) for key, value in sample.params.items()},
    }
    if sample.format == "sklearn":
        return mlflow.sklearn.log_model(sample.model, serialization_format="pickle", **common)
    return mlflow.onnx.log_model(
        sample.model,
        save_as_external_data=sample.external_data,
        **({"location": EXTERNAL_DATA} if sample.external_data else {}),
        onnx_execution_providers=["CPUExecutionProvider"],
        **common,
    )


def signature(sample: Sample) -> ModelSignature:
    if sample.named_columns:
        inputs = [ColSpec(DataType.double, column.name) for column in sample.columns]
    else:
        name = "X" if sample.format == "onnx" else None
        inputs = [TensorSpec(np.dtype("float32"), (-1, sample.width), name)]
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs(sample)))


def outputs(sample: Sample) -> list[TensorSpec]:
    if sample.format == "sklearn":
        return [TensorSpec(np.dtype("int64"), (-1,))]
    answers = run_onnx(sample.model, sample.example)
    return [TensorSpec(value.dtype, (-1, *value.shape[1:]), name) for name, value in answers.items()]


def input_example(sample: Sample) -> pd.DataFrame | dict[str, np.ndarray] | np.ndarray:
    if sample.named_columns:
        return pd.DataFrame(sample.example, columns=[column.name for column in sample.columns], dtype="float64")
    tensor = np.array(sample.example, dtype=np.float32)
    return {"X": tensor} if sample.format == "onnx" else tensor


def metadata(sample: Sample) -> dict:
    """What MLflow has no place for: class names and the ranges that training saw."""
    return {"ranges": sample.ranges} | ({"labels": sample.labels} if sample.labels else {})


def crown(logged: list[Logged]) -> None:
    """The alias `champion` goes to the newest version of each model."""
    client = mlflow.MlflowClient()
    for name, newest in {one.sample.name: one.version for one in logged}.items():
        client.set_registered_model_alias(name, "champion", newest)
