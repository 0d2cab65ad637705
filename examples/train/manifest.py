"""models.json: what a registry entry needs to know of each version, read from the artifacts as they lie in the bucket."""

import hashlib
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime

from sample import Sample, run_onnx
from tracking import Logged

DATATYPES = {"tensor(float)": "FP32", "tensor(double)": "FP64", "tensor(int64)": "INT64", "tensor(string)": "BYTES"}
DECIMALS = 6


def entry(logged: Logged, bucket: str, artifacts: Path) -> dict[str, Any]:
    sample = logged.sample
    folder = artifacts / bucket / logged.prefix
    file = model_file(folder, sample)
    made = {
        "name": sample.name,
        "version": logged.version,
        "format": sample.format,
        "artifact": f"s3://{bucket}/{logged.prefix}",
        **facts(file),
    }
    if sample.format == "onnx" and (others := external_files(file)):
        made["externalData"] = [facts(other) for other in others]
    made["source"] = {
        "mlflow": {
            "model": sample.name,
            "version": logged.version,
            "run": logged.run,
            "loggedModel": logged.model_id,
        }
    }
    made["metrics"] = sample.metrics
    made["signature"], made["example"] = (onnx_answer if sample.format == "onnx" else sklearn_answer)(file, sample)
    made["ranges"] = sample.ranges
    if sample.target_range:
        made["targetRange"] = dict(zip(("minimum", "maximum"), sample.target_range, strict=True))
    return made


def model_file(folder: Path, sample: Sample) -> Path:
    found = sorted(folder.glob("*.onnx" if sample.format == "onnx" else "*.pkl"))
    if len(found) != 1:
        raise SystemExit(f"{sample.name}: expected one model file in {folder.name}, found {[f.name for f in found]}")
    return found[0]


def facts(file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    return {"file": file.name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def external_files(file: Path) -> list[Path]:
    tensors = onnx.load(file, load_external_data=False).graph.initializer
    names = {e.value for t in tensors for e in t.external_data if e.key == "location"}
    return [file.parent / name for name in sorted(names)]


def onnx_answer(file: Path, sample: Sample) -> tuple[dict, dict]:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    answers = run_onnx(str(file), sample.example)
    (taken,) = session.get_inputs()
    given = [
        {"name": o.name, "datatype": DATATYPES.get(o.type, "FP32"), "shape": [-1, *answers[o.name].shape[1:]]}
        for o in session.get_outputs()
    ]
    return described(sample, taken.name, given, answers)


def sklearn_answer(file: Path, sample: Sample) -> tuple[dict, dict]:
    """KServe's sklearnserver names its only output `output-0`; the request of any name reaches `predict`."""
    model = pickle.loads(file.read_bytes())
    predicted = model.predict(np.array(sample.example, dtype=np.float32))
    given = [{"name": "output-0", "datatype": "INT64", "shape": [-1]}]
    return described(sample, "input-0", given, {"output-0": predicted})


def described(sample: Sample, name: str, given: list[dict], answers: dict[str, np.ndarray]) -> tuple[dict, dict]:
    taken = {"name": name, "datatype": "FP32", "shape": [-1, sample.width]}
    if len(sample.columns) == sample.width:
        taken["columns"] = [column.name for column in sample.columns]
    if sample.labels:
        given = [tensor | {"labels": sample.labels} for tensor in given]
    request = {
        "name": name,
        "shape": [len(sample.example), sample.width],
        "datatype": "FP32",
        "data": sample.example,
    }
    example = {"inputs": [request], "expect": {key: plain(value) for key, value in answers.items()}}
    if sample.tolerance:
        example["tolerance"] = sample.tolerance
    return {"inputs": [taken], "outputs": given}, example


def plain(values: np.ndarray) -> list:
    if values.dtype.kind in "iu":
        return values.tolist()
    rounded = np.round(values.astype(np.float64), DECIMALS)
    return rounded.tolist() if np.max(np.abs(rounded)) < 10 else np.vectorize(lambda v: round(v, 3))(rounded).tolist()
