"""iris-classifier: the species of an iris flower from four lengths.

Data    scikit-learn's iris, 150 flowers, 3 classes
Model   version 1: decision tree of depth 2; version 2: logistic regression on standardised features
Split   75 % training, 25 % test, stratified
Metric  accuracy, macro F1 and log loss on the test rows

The conversion keeps ZipMap, the converter's default, so that `probabilities` is a list of maps: what people really have.
"""

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.base import ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from sample import SEED, Sample, classifier_metrics, columns_of, must_agree, run_onnx, show, split

COLUMNS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
LABELS = ["Setosa", "Versicolor", "Virginica"]
EXAMPLE = [[4.0, 3.9, 2.3, 0.6]]


def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    x, y = load_iris(return_X_y=True)
    return split(x, y.astype(np.int64))


def tree() -> ClassifierMixin:
    return DecisionTreeClassifier(max_depth=2, random_state=SEED)


def regression() -> Pipeline:
    return Pipeline([("scale", StandardScaler()), ("classify", LogisticRegression(C=10.0, max_iter=500))])


def version(estimator: ClassifierMixin, params: dict) -> Sample:
    x_train, x_test, y_train, y_test = rows()
    estimator.fit(x_train, y_train)
    onnx = to_onnx(
        estimator,
        name="iris-classifier",
        initial_types=[("X", FloatTensorType([None, len(COLUMNS)]))],
        target_opset={"": 17, "ai.onnx.ml": 3},
    )
    must_agree("iris-classifier", run_onnx(onnx, x_test)["output_probability"], estimator.predict_proba(x_test), 1e-5)
    return Sample(
        name="iris-classifier",
        experiment="iris",
        format="onnx",
        model=onnx,
        metrics=classifier_metrics(onnx, x_test, y_test),
        params={"data": "iris", **params},
        columns=columns_of(x_train, COLUMNS, dict.fromkeys(COLUMNS, "cm")),
        labels=LABELS,
        example=EXAMPLE,
        named_columns=True,
    )


def train() -> list[Sample]:
    return [
        version(tree(), {"algorithm": "decision tree", "max_depth": 2}),
        version(regression(), {"algorithm": "logistic regression", "C": 10.0}),
    ]


if __name__ == "__main__":
    show(train())
