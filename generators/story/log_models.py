"""Logs two versions of a sample model to the MLflow server that MLFLOW_TRACKING_URI names, and gives the second the alias
`champion`. Prints as JSON what it logged. The graphs are those of examples/artifacts, so that nothing has to be trained."""

import json
import sys
from pathlib import Path

import mlflow
import onnx
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types.schema import ColSpec, DataType, Schema, TensorSpec
import numpy as np

NAME = "iris-species"
COLUMNS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec(DataType.double, column) for column in COLUMNS]),
    outputs=Schema([TensorSpec(np.dtype("int64"), (-1,), "output_label"), TensorSpec(np.dtype("float32"), (-1, 3), "output_probability")]),
)


def log(graph: Path, accuracy: float) -> dict[str, str]:
    with mlflow.start_run() as run:
        info = mlflow.onnx.log_model(
            onnx.load(graph),
            name="model",
            registered_model_name=NAME,
            signature=SIGNATURE,
            input_example=pd.DataFrame([[4.0, 3.9, 2.3, 0.6]], columns=COLUMNS),
            pip_requirements=["onnx", "onnxruntime"],
            metadata={"labels": ["Setosa", "Versicolor", "Virginica"]},
        )
        mlflow.log_metrics({"accuracy": accuracy}, model_id=info.model_id)
    return {"run": run.info.run_id, "model": info.model_id, "version": str(info.registered_model_version)}


def main(first: Path, second: Path) -> None:
    mlflow.set_experiment("story")
    logged = [log(first, 0.921053), log(second, 0.947368)]
    client = mlflow.MlflowClient()
    client.update_registered_model(NAME, description="Species of an iris flower.")
    client.set_registered_model_tag(NAME, "owner", "flowers")
    client.set_registered_model_alias(NAME, "champion", logged[1]["version"])
    print(json.dumps(logged))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
