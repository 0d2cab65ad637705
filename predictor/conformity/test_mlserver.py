"""mlserver 1.7.1 as a client: its types, its codecs, and `mlserver infer`."""

import json
import subprocess
import sys
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlserver.codecs import DatetimeCodec, NumpyCodec, NumpyRequestCodec, PandasCodec, StringCodec, StringRequestCodec
from mlserver.codecs.base64 import Base64Codec
from mlserver.types import InferenceRequest, InferenceResponse, MetadataModelResponse, MetadataServerResponse

ROWS = [[6.8, 2.8, 4.8, 1.4], [6.0, 3.4, 4.5, 1.6]]


def ask(server: str, path: str, body: str | None = None) -> bytes:
    data = None if body is None else body.encode()
    request = urllib.request.Request(f"http://{server}{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.read()


def infer(server: str, model: str, request: InferenceRequest) -> InferenceResponse:
    text = request.model_dump_json(exclude_none=True)
    return InferenceResponse.model_validate_json(ask(server, f"/v2/models/{model}/infer", text))


def test_metadata(server):
    assert MetadataServerResponse.model_validate_json(ask(server, "/v2")).name
    assert MetadataModelResponse.model_validate_json(ask(server, "/v2/models/sklearn_logistic")).inputs


@pytest.mark.parametrize("dtype", ["bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64", "float16", "float32", "float64"])
def test_numpy(server, dtype):
    names = {"float32": "float", "float64": "double"}
    array = np.array([1, 0, 1]).astype(dtype)
    response = infer(server, f"identity_{names.get(dtype, dtype)}", NumpyRequestCodec.encode_request(array).model_copy(
        update={"inputs": [NumpyCodec.encode_input("in", array)]}))
    np.testing.assert_array_equal(NumpyCodec.decode_output(response.outputs[0]), array)


def test_text(server):
    words = ["grün", "", 'a"b']
    request = InferenceRequest(inputs=[StringCodec.encode_input("in", words, use_bytes=False)])
    assert StringCodec.decode_output(infer(server, "identity_string", request).outputs[0]) == words
    assert StringRequestCodec.encode_request(words, use_bytes=False).inputs


def test_base64(server):
    request = InferenceRequest(inputs=[Base64Codec.encode_input("in", ["grün".encode()], use_bytes=False)])
    assert StringCodec.decode_output(infer(server, "identity_string", request).outputs[0]) == ["grün"]


def test_datetime(server):
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    request = InferenceRequest(inputs=[DatetimeCodec.encode_input("in", [moment], use_bytes=False)])
    assert DatetimeCodec.decode_output(infer(server, "identity_string", request).outputs[0]) == [moment]


def test_pandas_to_one_matrix(server):
    frame = pd.DataFrame(ROWS, columns=["a", "b", "c", "d"])
    response = infer(server, "sklearn_logistic", PandasCodec.encode_request(frame, use_bytes=False))
    assert response.outputs[0].data.root == [1, 1]


def test_pandas_to_several_inputs(server):
    frame = pd.DataFrame({"colour": pd.Series(["red", "green"], dtype=object), "length": [5.1, 4.9]})
    response = infer(server, "sklearn_columns", PandasCodec.encode_request(frame, use_bytes=False))
    assert len(response.outputs[0].data.root) == 2


def test_command_line(server, tmp_path):
    lines = [json.dumps({"inputs": [{"name": "X", "shape": [1, 4], "datatype": "FP32", "data": row}]}) for row in ROWS * 10]
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(lines) + "\n")
    command = [Path(sys.executable).parent / "mlserver", "infer", "-u", server, "-m", "sklearn_logistic",
               "-i", source, "-o", target, "-w", "4"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in target.read_text().splitlines()]
    assert len(answers) == 20
    assert all(answer["outputs"][0]["data"] == [1] for answer in answers), answers[0]
