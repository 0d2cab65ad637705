"""What all samples share: the record that a training script returns, the split, and the run of an ONNX model."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import train_test_split

SEED = 42
TEST_FRACTION = 0.25


@dataclass
class Column:
    """One feature and the values that training saw of it."""

    name: str
    minimum: float
    maximum: float
    unit: str | None = None


@dataclass
class Sample:
    """One trained version of one model."""

    name: str
    experiment: str
    format: str  # onnx | sklearn
    model: Any
    metrics: dict[str, float]
    params: dict[str, Any]
    columns: list[Column]  # one per feature, or a single one for a whole tensor such as an image
    example: list[list[float]]
    labels: list[str] | None = None
    features: int = 0  # 0: as many as columns
    named_columns: bool = False  # the MLflow signature has one named column per feature instead of one tensor
    external_data: bool = False  # large tensors in a file of their own beside model.onnx, as MLflow does by default
    tolerance: float | None = None  # of the expected answer, when the usual one is too fine
    target_range: tuple[float, float] | None = None

    @property
    def width(self) -> int:
        return self.features or len(self.columns)

    @property
    def ranges(self) -> dict[str, dict[str, Any]]:
        return {
            c.name: {"minimum": c.minimum, "maximum": c.maximum} | ({"unit": c.unit} if c.unit else {})
            for c in self.columns
        }


def split(x: np.ndarray, y: np.ndarray, stratify: bool = True) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """x_train, x_test, y_train, y_test; always the same rows. Features are float32, as the model will get them."""
    return train_test_split(
        x.astype(np.float32), y, test_size=TEST_FRACTION, stratify=y if stratify else None, random_state=SEED
    )


def columns_of(x_train: np.ndarray, names: list[str], units: dict[str, str]) -> list[Column]:
    low, high = x_train.min(axis=0), x_train.max(axis=0)
    return [Column(n, tidy(low[i]), tidy(high[i]), units.get(n)) for i, n in enumerate(names)]


def tidy(value: float) -> float | int:
    """The shortest decimal that is the same float32: 0.1, not 0.10000000149011612; 3, not 3.0."""
    short = float(str(np.float32(value)))
    return int(short) if short.is_integer() else short


def run_onnx(model: Any, x: np.ndarray) -> dict[str, np.ndarray]:
    """Every output of a model (a path or a ModelProto) by name. ZipMap's list of maps becomes rows of probabilities."""
    source = model if isinstance(model, str) else model.SerializeToString()
    session = onnxruntime.InferenceSession(source, providers=["CPUExecutionProvider"])
    outputs = session.run(None, {session.get_inputs()[0].name: np.asarray(x, dtype=np.float32)})
    return {o.name: rows(value) for o, value in zip(session.get_outputs(), outputs, strict=True)}


def rows(value: Any) -> np.ndarray:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return np.array([[row[label] for label in sorted(row)] for row in value], dtype=np.float32)
    return np.asarray(value)


def classifier_metrics(model: Any, x_test: np.ndarray, y_test: np.ndarray) -> dict[str, float]:
    """Measured on the ONNX file itself, since that is what will be served."""
    label, probabilities = run_onnx(model, x_test).values()
    return {
        "accuracy": round(float(accuracy_score(y_test, label)), 6),
        "f1_macro": round(float(f1_score(y_test, label, average="macro")), 6),
        "log_loss": round(float(log_loss(y_test, probabilities / probabilities.sum(axis=1, keepdims=True))), 6),
    }


def must_agree(name: str, onnx: np.ndarray, original: np.ndarray, tolerance: float) -> None:
    """Stop when the converted model does not say what the trained one says."""
    difference = float(np.max(np.abs(np.ravel(onnx).astype(np.float64) - np.ravel(original))))
    if difference > tolerance:
        raise SystemExit(
            f"{name}: the ONNX model differs from the trained model by {difference:g}, more than {tolerance:g}"
        )


def show(samples: list[Sample]) -> None:
    """For a training script that is run by itself."""
    for sample in samples:
        print(sample.name, sample.metrics)
