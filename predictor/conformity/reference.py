"""The answers that the server must give: the same files run by Python's onnxruntime."""

from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime as ort


@cache
def sample(zoo: Path, name: str) -> dict:
    with np.load(zoo / "samples" / f"{name}.npz", allow_pickle=True) as arrays:
        return dict(arrays)


@cache
def expected(zoo: Path, name: str) -> dict:
    """Output → array. The maps that ZipMap makes of a classifier's scores are brought back to a matrix."""
    options = ort.SessionOptions()
    options.log_severity_level = 4
    session = ort.InferenceSession(zoo / "models" / name / "1" / "model.onnx", options, ["CPUExecutionProvider"])
    outputs = [output.name for output in session.get_outputs()]
    values = session.run(outputs, sample(zoo, name))
    return {output: matrix(value) for output, value in zip(outputs, values, strict=True)}


def matrix(value):
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return np.array([list(row.values()) for row in value], np.float32)
    return np.asarray(value)


def assert_same(found: np.ndarray, wanted: np.ndarray, tolerance: float = 1e-5):
    assert tuple(found.shape) == tuple(wanted.shape)
    if wanted.dtype.kind in "OSU":
        assert [text_of(item) for item in found.ravel()] == [text_of(item) for item in wanted.ravel()]
    elif wanted.dtype.kind == "f":
        np.testing.assert_allclose(found.astype(np.float64), wanted.astype(np.float64), rtol=tolerance, atol=tolerance)
    else:
        np.testing.assert_array_equal(found, wanted)


def text_of(item) -> str:
    return item.decode() if isinstance(item, bytes) else str(item)
