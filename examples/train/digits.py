"""digits: which digit a handwritten 8×8 image shows.

Data    scikit-learn's digits, 1797 images of 64 pixels from 0 (paper) to 16 (ink), 10 classes
Model   multi-layer perceptron with one hidden layer of 48, converted with skl2onnx without ZipMap
Split   75 % training, 25 % test, stratified
Metric  accuracy, macro F1 and log loss on the test rows

MLflow's default moves tensors of a kilobyte and more to a file of their own beside `model.onnx`; this sample leaves it so.
"""

from pathlib import Path

import numpy as np
from onnx import ModelProto, numpy_helper
from PIL import Image
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from sample import SEED, Column, Sample, classifier_metrics, must_agree, run_onnx, show, split, tidy

SIDE = 8
INK = 16
EXAMPLE = 5


def train() -> list[Sample]:
    x, y = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = split(x, y.astype(np.int64))
    params = {"hidden_layer_sizes": (48,), "alpha": 0.01, "max_iter": 400}
    model = MLPClassifier(**params, random_state=SEED).fit(x_train / INK, y_train)
    model.coefs_[0] /= INK  # the division goes into the first layer, so that the model takes pixels as they are
    onnx = to_onnx(
        model,
        name="digits",
        initial_types=[("X", FloatTensorType([None, SIDE * SIDE]))],
        options={"zipmap": False},
        target_opset={"": 17, "ai.onnx.ml": 3},
    )
    keep_raw(onnx)
    must_agree("digits", run_onnx(onnx, x_test)["probabilities"], model.predict_proba(x_test), 1e-4)
    return [
        Sample(
            name="digits",
            experiment="digits",
            format="onnx",
            model=onnx,
            metrics=classifier_metrics(onnx, x_test, y_test),
            params={"data": "digits", "algorithm": "multi-layer perceptron", **params},
            columns=[Column("X", 0, INK)],
            features=SIDE * SIDE,
            labels=[str(d) for d in range(10)],
            example=[[tidy(v) for v in x_test[clearest(onnx, x_test, y_test, digit=EXAMPLE)]]],
            external_data=True,
        )
    ]


def keep_raw(onnx: ModelProto) -> None:
    """skl2onnx writes weights as lists of floats; only raw bytes can move to a file of their own."""
    for tensor in onnx.graph.initializer:
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor), tensor.name))


def clearest(onnx: ModelProto, x_test: np.ndarray, y_test: np.ndarray, digit: int) -> int:
    """The test image of a digit that the model is surest of."""
    probability = run_onnx(onnx, x_test)["probabilities"][:, digit]
    return int(np.argmax(np.where(y_test == digit, probability, -1)))


def write_image(pixels: list[float], path: Path) -> None:
    """Dark ink on white paper, each pixel 32 wide."""
    image = Image.fromarray((255 - np.array(pixels).reshape(SIDE, SIDE) * 255 / INK).astype(np.uint8), mode="L")
    image.resize((SIDE * 32, SIDE * 32), Image.Resampling.NEAREST).save(path, optimize=True)


if __name__ == "__main__":
    show(train())
