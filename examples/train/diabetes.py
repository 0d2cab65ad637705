"""diabetes-progression: a measure of disease progression one year after baseline.

Data    scikit-learn's diabetes with its natural units, 442 patients, 10 measurements, target 25 to 346
Model   gradient-boosted trees (scikit-learn), converted with skl2onnx
Split   75 % training, 25 % test; not stratified, the target is a number
Metric  R², mean absolute error and root mean squared error on the test rows
"""

import numpy as np
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_error, r2_score, root_mean_squared_error

from sample import SEED, Sample, columns_of, must_agree, run_onnx, show, split, tidy

# scikit-learn calls the six blood serum measurements s1 to s6; the names are those of its data description.
COLUMNS = [
    *["age", "sex", "bmi", "blood_pressure", "total_cholesterol", "ldl", "hdl"],
    *["cholesterol_ratio", "log_triglycerides", "glucose"],
]
UNITS = {
    **{"age": "years", "bmi": "kg/m²", "blood_pressure": "mm Hg"},
    **dict.fromkeys(["total_cholesterol", "ldl", "hdl", "glucose"], "mg/dL"),
}
TOLERANCE = 1e-3  # float32 at values in the hundreds


def train() -> list[Sample]:
    x, y = load_diabetes(return_X_y=True, scaled=False)
    x_train, x_test, y_train, y_test = split(x, y, stratify=False)
    params = {"n_estimators": 120, "max_depth": 2, "learning_rate": 0.05, "subsample": 0.8}
    model = GradientBoostingRegressor(**params, random_state=SEED).fit(x_train, y_train)
    onnx = to_onnx(
        model,
        name="diabetes-progression",
        initial_types=[("X", FloatTensorType([None, len(COLUMNS)]))],
        target_opset={"": 17, "ai.onnx.ml": 3},
    )
    predicted = run_onnx(onnx, x_test)["variable"].ravel()
    must_agree("diabetes-progression", predicted, model.predict(x_test), TOLERANCE)
    return [
        Sample(
            name="diabetes-progression",
            experiment="diabetes",
            format="onnx",
            model=onnx,
            metrics={
                "r2": round(float(r2_score(y_test, predicted)), 6),
                "mae": round(float(mean_absolute_error(y_test, predicted)), 6),
                "rmse": round(float(root_mean_squared_error(y_test, predicted)), 6),
            },
            params={"data": "diabetes", "algorithm": "gradient boosting", **params},
            columns=columns_of(x_train, COLUMNS, UNITS),
            example=[[tidy(v) for v in x_test[0]]],
            named_columns=True,
            tolerance=TOLERANCE,
            target_range=(tidy(np.min(y_train)), tidy(np.max(y_train))),
        )
    ]


if __name__ == "__main__":
    show(train())
