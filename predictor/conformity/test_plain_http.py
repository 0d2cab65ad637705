"""What has no client of its own: V1 and MLflow's scoring protocol, held against onnxruntime; and HTTP itself."""

import json
import urllib.request

import numpy as np
import pytest
from reference import assert_same, expected, sample

CLASSIFIERS = ["sklearn_logistic", "sklearn_forest", "sklearn_text_labels", "xgboost_classifier", "lightgbm_classifier"]


def ask(server: str, path: str, body=None, headers=None):
    data = None if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    request = urllib.request.Request(f"http://{server}{path}", data, headers or {})
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_predictions_are_labels(server, zoo, name):
    rows, labels = sample(zoo, name)["X"], next(iter(expected(zoo, name).values()))
    for body in ({"instances": rows.tolist()}, {"inputs": rows.tolist()}, {"inputs": {"X": rows.tolist()}}):
        assert_same(np.array(ask(server, f"/v1/models/{name}:predict", body)["predictions"]), np.array(labels.tolist()))


@pytest.mark.parametrize("name", ["sklearn_linear", "sklearn_two_targets", "lightgbm_regressor", "convolution"])
def test_predictions_keep_their_shape(server, zoo, name):
    (rows,), (wanted,) = sample(zoo, name).values(), expected(zoo, name).values()
    found = ask(server, f"/v1/models/{name}:predict", {"instances": rows.tolist()})["predictions"]
    assert_same(np.array(found, np.float32), wanted)


def test_instances_of_named_columns(server, zoo):
    arrays = sample(zoo, "sklearn_columns")
    rows = [{"length": float(length[0]), "colour": colour[0]} for length, colour in zip(arrays["length"], arrays["colour"], strict=True)]
    labels = expected(zoo, "sklearn_columns")["output_label"].tolist()
    model = {"X-Model-Name": "sklearn_columns"}
    as_json = {**model, "Content-Type": "application/json"}
    split = {"columns": ["colour", "length"], "data": [[row["colour"], row["length"]] for row in rows]}
    table = "colour,length\n" + "".join(f'"{row["colour"]}",{row["length"]}\n' for row in rows)
    assert ask(server, "/v1/models/sklearn_columns:predict", {"instances": rows})["predictions"] == labels
    assert ask(server, "/invocations", {"dataframe_records": rows}, as_json)["predictions"] == labels
    assert ask(server, "/invocations", {"dataframe_split": split}, as_json)["predictions"] == labels
    assert ask(server, "/invocations", table, {**model, "Content-Type": "text/csv"})["predictions"] == labels


def test_description(server, zoo):
    description = ask(server, "/openapi.json")
    assert description["openapi"] == "3.1.0"
    for path in (zoo / "samples").glob("*.npz"):
        assert f"/v2/models/{path.stem}/infer" in description["paths"]
        assert ask(server, f"/v2/models/{path.stem}/openapi.json")["paths"]
