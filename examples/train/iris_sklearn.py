"""iris-classifier-sklearn: the logistic regression of iris.py as scikit-learn's own pickle.

Data, model, split and metric are those of iris-classifier version 2. MLflow writes `model.skops` unless told otherwise, and
KServe's sklearnserver reads `.joblib`, `.pkl` and `.pickle` only; so this one is logged as a pickle (see tracking.py).
"""

from sklearn.metrics import accuracy_score, f1_score, log_loss

from iris import COLUMNS, EXAMPLE, LABELS, regression, rows
from sample import Sample, columns_of, show


def train() -> list[Sample]:
    x_train, x_test, y_train, y_test = rows()
    model = regression().fit(x_train, y_train)
    predicted = model.predict(x_test)
    return [
        Sample(
            name="iris-classifier-sklearn",
            experiment="iris",
            format="sklearn",
            model=model,
            metrics={
                "accuracy": round(float(accuracy_score(y_test, predicted)), 6),
                "f1_macro": round(float(f1_score(y_test, predicted, average="macro")), 6),
                "log_loss": round(float(log_loss(y_test, model.predict_proba(x_test))), 6),
            },
            params={"data": "iris", "algorithm": "logistic regression", "C": 10.0},
            columns=columns_of(x_train, COLUMNS, dict.fromkeys(COLUMNS, "cm")),
            labels=LABELS,
            example=EXAMPLE,
        )
    ]


if __name__ == "__main__":
    show(train())
