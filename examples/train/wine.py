"""wine-cultivar: which of three cultivars a wine was made from, by chemical analysis.

Data    scikit-learn's wine, 178 wines, 13 measurements, 3 classes
Model   gradient-boosted trees (XGBoost), converted with onnxmltools; both outputs are tensors, there is no ZipMap
Split   75 % training, 25 % test, stratified
Metric  accuracy, macro F1 and log loss on the test rows
"""

import numpy as np
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from sklearn.datasets import load_wine
from xgboost import XGBClassifier

from sample import SEED, Sample, classifier_metrics, columns_of, must_agree, run_onnx, show, split, tidy

UNITS = {"alcohol": "% vol"}


def train() -> list[Sample]:
    data = load_wine()
    names = [n.replace("od280/od315_of_diluted_wines", "od280_od315") for n in data.feature_names]
    x_train, x_test, y_train, y_test = split(data.data, data.target.astype(np.int64))
    params = {"n_estimators": 40, "max_depth": 2, "learning_rate": 0.2}
    model = XGBClassifier(**params, tree_method="exact", n_jobs=1, random_state=SEED).fit(x_train, y_train)
    onnx = convert_xgboost(
        model, name="wine-cultivar", initial_types=[("X", FloatTensorType([None, len(names)]))], target_opset=15
    )
    must_agree("wine-cultivar", run_onnx(onnx, x_test)["probabilities"], model.predict_proba(x_test), 1e-5)
    return [
        Sample(
            name="wine-cultivar",
            experiment="wine",
            format="onnx",
            model=onnx,
            metrics=classifier_metrics(onnx, x_test, y_test),
            params={"data": "wine", "algorithm": "xgboost", **params},
            columns=columns_of(x_train, names, UNITS),
            labels=["Cultivar 1", "Cultivar 2", "Cultivar 3"],
            example=[[tidy(v) for v in x_test[0]]],
        )
    ]


if __name__ == "__main__":
    show(train())
