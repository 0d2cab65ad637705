"""Real models of each kind, through the command as it is run."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
import onnxruntime
import pandas as pd
import pytest
import skops.io
from lightgbm import LGBMRegressor
from sklearn import compose, datasets, linear_model, pipeline, preprocessing
from xgboost import XGBClassifier

HERE = Path(__file__).parent


def run(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, HERE / "convert.py", *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def wine():
    return datasets.load_wine(return_X_y=True, as_frame=True)


def rows_in(folder: Path, rows: pd.DataFrame) -> Path:
    rows.to_csv(folder / "rows.csv", index=False)
    return folder / "rows.csv"


def converted(out: Path) -> dict:
    assert {"MLmodel", "model.onnx", "input_example.json", "parity.json", "parity.md"} <= {file.name for file in out.iterdir()}
    return json.loads((out / "parity.json").read_text())


def test_pipeline_with_text(tmp_path):
    X, y = datasets.load_iris(return_X_y=True)
    rows = pd.DataFrame({"length": X[:, 0], "colour": np.array(["red", "green", "blue"])[np.arange(len(y)) % 3]})
    columns = compose.ColumnTransformer([("n", preprocessing.StandardScaler(), ["length"]), ("c", preprocessing.OneHotEncoder(), ["colour"])])
    joblib.dump(pipeline.make_pipeline(columns, linear_model.LogisticRegression(max_iter=500)).fit(rows, y), tmp_path / "m.joblib")
    done = run(tmp_path / "m.joblib", "--out", tmp_path / "out", "--example", rows_in(tmp_path, rows), "--trust")
    assert done.returncode == 0, done.stderr
    found = converted(tmp_path / "out")
    assert found["sets"]["random"]["rows"] == 1000 and found["sets"]["random"]["label_agreement"] == 1.0
    session = onnxruntime.InferenceSession(tmp_path / "out" / "model.onnx")
    assert [(one.name, one.type) for one in session.get_inputs()] == [("length", "tensor(float)"), ("colour", "tensor(string)")]


def test_xgboost_and_lightgbm(tmp_path, wine):
    X, y = wine
    example = rows_in(tmp_path, X)
    for name, model in (("xgb", XGBClassifier(n_estimators=10).fit(X, y)), ("lgb", LGBMRegressor(n_estimators=10, verbose=-1).fit(X, y))):
        (tmp_path / f"{name}.pkl").write_bytes(pickle.dumps(model))
        done = run(tmp_path / f"{name}.pkl", "--out", tmp_path / name, "--example", example, "--trust")
        assert done.returncode == 0, done.stderr + (tmp_path / name / "parity.md").read_text()
        assert converted(tmp_path / name)["passed"]


def test_skops_of_an_mlflow_folder(tmp_path, wine):
    import mlflow

    X, y = wine
    model = pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression(max_iter=500)).fit(X, y)
    mlflow.sklearn.save_model(model, str(tmp_path / "logged"), serialization_format="skops", input_example=X.head(50))
    done = run(tmp_path / "logged", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert converted(tmp_path / "out")["sets"]["example"]["label_agreement"] == 1.0


def test_nothing_is_unpickled_without_trust(tmp_path):
    class Trap:
        def __reduce__(self):
            return Path.touch, (tmp_path / "ran",)

    (tmp_path / "m.pkl").write_bytes(pickle.dumps(Trap()))
    done = run(tmp_path / "m.pkl", "--out", tmp_path / "out")
    assert done.returncode == 2 and "can run any code" in done.stderr
    assert not (tmp_path / "ran").exists() and not (tmp_path / "out").exists()


def test_answers_that_differ_leave_a_report_alone(tmp_path, wine):
    X, _ = wine
    model = linear_model.LinearRegression().fit(X, X["proline"] * np.pi)
    skops.io.dump(model, tmp_path / "m.skops")
    done = run(tmp_path / "m.skops", "--out", tmp_path / "out", "--example", rows_in(tmp_path, X), "--atol", 0, "--rtol", 0)
    assert done.returncode == 1, done.stderr
    assert {file.name for file in (tmp_path / "out").iterdir()} == {"parity.json", "parity.md"}
    assert "does not answer the same" in (tmp_path / "out" / "parity.md").read_text()
