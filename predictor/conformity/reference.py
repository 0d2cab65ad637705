"""The answers that the server must give: the same files run by Python's onnxruntime."""

import ctypes
from functools import cache
from pathlib import Path

import ml_dtypes
import numpy as np
import onnxruntime as ort
from onnx import TensorProto


@cache
def sample(zoo: Path, name: str) -> dict:
    with np.load(zoo / "samples" / f"{name}.npz", allow_pickle=True) as arrays:
        # A file of NumPy's has no name for BF16, only its two bytes.
        return {name: array.view(ml_dtypes.bfloat16) if array.dtype == "V2" else array for name, array in arrays.items()}


@cache
def expected(zoo: Path, name: str) -> dict:
    """Output → array. The maps that ZipMap makes of a classifier's scores are brought back to a matrix."""
    options = ort.SessionOptions()
    options.log_severity_level = 4
    session = ort.InferenceSession(zoo / "models" / name / "1" / "model.onnx", options, ["CPUExecutionProvider"])
    outputs = [output.name for output in session.get_outputs()]
    feeds = sample(zoo, name)
    run = run_halves if any(array.dtype == ml_dtypes.bfloat16 for array in feeds.values()) else ort.InferenceSession.run
    values = run(session, outputs, feeds)
    return {output: matrix(value) for output, value in zip(outputs, values, strict=True)}


def run_halves(session: ort.InferenceSession, outputs: list, feeds: dict) -> list:
    """A run on BF16 alone, which Python's onnxruntime takes and gives as values of its own, without a way to NumPy."""
    value = ort.OrtValue.ortvalue_from_numpy_with_onnx_type
    given = {name: value(array.view(np.uint16), TensorProto.BFLOAT16) for name, array in feeds.items()}
    results = session.run_with_ort_values(outputs, given)
    bits = [(ctypes.c_uint16 * int(np.prod(result.shape()))).from_address(result.data_ptr()) for result in results]
    return [np.array(each).view(ml_dtypes.bfloat16).reshape(result.shape()) for each, result in zip(bits, results, strict=True)]


def matrix(value):
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return np.array([list(row.values()) for row in value], np.float32)
    return np.asarray(value)


def assert_same(found: np.ndarray, wanted: np.ndarray, tolerance: float = 1e-5):
    assert tuple(found.shape) == tuple(wanted.shape)
    if wanted.dtype.kind in "OSU":
        assert [text_of(item) for item in found.ravel()] == [text_of(item) for item in wanted.ravel()]
    elif wanted.dtype == ml_dtypes.bfloat16:
        assert found.dtype == wanted.dtype
        # As numbers: Python reads the -0 of JSON as the integer 0.
        np.testing.assert_array_equal(found.astype(np.float64), wanted.astype(np.float64))
    elif wanted.dtype.kind == "f":
        np.testing.assert_allclose(found.astype(np.float64), wanted.astype(np.float64), rtol=tolerance, atol=tolerance)
    else:
        np.testing.assert_array_equal(found, wanted)


def text_of(item) -> str:
    return item.decode() if isinstance(item, bytes) else str(item)
