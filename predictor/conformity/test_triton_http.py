"""tritonclient over HTTP: everything that it can ask of a server without sequences and shared memory."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import ml_dtypes
import numpy as np
import pytest
import tritonclient.http as client
import tritonclient.http.aio as aio
from reference import assert_same, expected, sample
from tritonclient.utils import InferenceServerException, np_to_triton_dtype


@pytest.fixture(scope="module")
def triton(server):
    with client.InferenceServerClient(server, concurrency=4) as connection:
        yield connection


def inputs_of(arrays: dict, binary: bool, module=client) -> list:
    inputs = []
    for name, array in arrays.items():
        one = module.InferInput(name, list(array.shape), np_to_triton_dtype(array.dtype))
        one.set_data_from_numpy(array, binary_data=binary)
        inputs.append(one)
    return inputs


def check(result, wanted: dict):
    for name, array in wanted.items():
        assert_same(result.as_numpy(name), array)


def is_half(arrays: dict) -> bool:
    return any(array.dtype in (np.float16, ml_dtypes.bfloat16) for array in arrays.values())


@pytest.mark.parametrize("binary_in", [True, False], ids=["binary-in", "json-in"])
@pytest.mark.parametrize("binary_out", [True, False], ids=["binary-out", "json-out"])
def test_every_model(triton, zoo, model, binary_in, binary_out):
    arrays, wanted = sample(zoo, model), expected(zoo, model)
    if is_half(arrays) and not binary_in:
        pytest.skip("the client has no floats of 16 bits in JSON")
    outputs = [client.InferRequestedOutput(name, binary_data=binary_out) for name in wanted]
    check(triton.infer(model, inputs_of(arrays, binary_in), outputs=outputs), wanted)


def test_all_outputs_without_asking(triton, zoo, model):
    check(triton.infer(model, inputs_of(sample(zoo, model), True)), expected(zoo, model))


@pytest.mark.parametrize("request_algorithm", [None, "gzip", "deflate"])
@pytest.mark.parametrize("response_algorithm", [None, "gzip", "deflate"])
@pytest.mark.parametrize("binary", [True, False])
def test_compression(triton, zoo, request_algorithm, response_algorithm, binary):
    array = np.arange(5000, dtype=np.float32)
    result = triton.infer(
        "identity_float", inputs_of({"in": array}, binary),
        outputs=[client.InferRequestedOutput("out", binary_data=binary)],
        request_compression_algorithm=request_algorithm, response_compression_algorithm=response_algorithm,
    )
    assert_same(result.as_numpy("out"), array)


def test_async(triton, zoo):
    arrays = sample(zoo, "sklearn_forest")
    pending = [triton.async_infer("sklearn_forest", inputs_of(arrays, True)) for _ in range(20)]
    for request in pending:
        check(request.get_result(), expected(zoo, "sklearn_forest"))


def test_asyncio(server, zoo):
    async def run():
        async with aio.InferenceServerClient(server) as connection:
            names = ["sklearn_forest", "identity_string", "top_k", "mixed_inputs"] * 5
            results = await asyncio.gather(*(connection.infer(name, inputs_of(sample(zoo, name), True, aio)) for name in names))
            for name, result in zip(names, results, strict=True):
                check(result, expected(zoo, name))

    asyncio.run(run())


def test_threads(server, zoo):
    names = ["sklearn_forest", "identity_int64", "xgboost_classifier", "mixed_inputs"]

    def work(number: int):
        with client.InferenceServerClient(server) as connection:
            for turn in range(25):
                name = names[(number + turn) % len(names)]
                check(connection.infer(name, inputs_of(sample(zoo, name), turn % 2 == 0)), expected(zoo, name))

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(work, range(32)))


def test_health_and_metadata(triton, model):
    assert triton.is_server_live() and triton.is_server_ready()
    assert triton.is_model_ready(model) and triton.is_model_ready(model, "1")
    assert not triton.is_model_ready("nobody") and not triton.is_model_ready(model, "99")
    metadata = triton.get_model_metadata(model, "1")
    assert metadata["name"] == model and metadata["versions"] == ["1"] and metadata["platform"] == "onnxruntime_onnx"
    assert metadata["inputs"] and metadata["outputs"]
    config = triton.get_model_config(model)
    assert [each["name"] for each in config["input"]] == [each["name"] for each in metadata["inputs"]]
    assert config["backend"] and config["max_batch_size"] >= 0


def test_server_metadata(triton):
    metadata = triton.get_server_metadata()
    assert metadata["name"] and metadata["version"]
    assert {"binary_tensor_data", "classification", "statistics", "model_configuration"} <= set(metadata["extensions"])


def test_statistics(triton, zoo):
    def read():
        (one,) = triton.get_inference_statistics("sklearn_linear", "1")["model_stats"]
        return one

    before = read()
    arrays = sample(zoo, "sklearn_linear")
    for _ in range(3):
        triton.infer("sklearn_linear", inputs_of(arrays, True))
    after = read()
    assert after["inference_stats"]["success"]["count"] - before["inference_stats"]["success"]["count"] == 3
    assert after["inference_count"] - before["inference_count"] == 3 * len(arrays["X"])
    assert after["inference_stats"]["compute_infer"]["ns"] > before["inference_stats"]["compute_infer"]["ns"]
    assert after["last_inference"] > 1_600_000_000_000
    assert len(triton.get_inference_statistics()["model_stats"]) >= 25


def test_index(triton, zoo):
    index = triton.get_model_repository_index()
    assert {entry["name"] for entry in index} == {path.stem for path in (zoo / "samples").glob("*.npz")}
    assert {entry["state"] for entry in index} == {"READY"}


def test_unload_and_load(triton, zoo):
    triton.unload_model("sklearn_svr")
    assert not triton.is_model_ready("sklearn_svr")
    triton.load_model("sklearn_svr")
    assert triton.is_model_ready("sklearn_svr")
    check(triton.infer("sklearn_svr", inputs_of(sample(zoo, "sklearn_svr"), True)), expected(zoo, "sklearn_svr"))


def test_log_settings(triton):
    before = triton.get_log_settings()
    assert triton.update_log_settings({"log_info": False})["log_info"] is False
    assert triton.get_log_settings()["log_info"] is False
    assert triton.update_log_settings({"log_info": True})["log_info"] is True
    assert triton.get_log_settings() == before


def test_classification(triton, zoo):
    arrays, wanted = sample(zoo, "sklearn_text_labels"), expected(zoo, "sklearn_text_labels")
    for binary in (True, False):
        output = client.InferRequestedOutput("output_probability", binary_data=binary, class_count=2)
        result = triton.infer("sklearn_text_labels", inputs_of(arrays, True), outputs=[output])
        found = result.as_numpy("output_probability")
        assert found.shape == (len(arrays["X"]), 2)
        for row, scores, label in zip(found, wanted["output_probability"], wanted["output_label"], strict=True):
            text = row[0].decode() if isinstance(row[0], bytes) else row[0]
            value, index, name = text.split(":")
            assert (int(index), name) == (int(np.argmax(scores)), str(label))
            assert abs(float(value) - scores.max()) < 1e-4


def test_id_and_parameters(triton):
    result = triton.infer("identity_float", inputs_of({"in": np.ones(1, np.float32)}, True), request_id="7",
                          priority=1, timeout=30_000_000, parameters={"mine": "yes"})
    assert result.get_response()["id"] == "7"


@pytest.mark.parametrize("name, arrays, text", [
    ("nobody", {"in": np.ones(1, np.float32)}, "unknown model: 'nobody' is not found"),
    ("identity_float", {"in": np.ones(1, np.float64)}, "data-type is 'FP64', but model 'identity_float' expects 'FP32'"),
    ("identity_float", {"other": np.ones(1, np.float32)}, "unexpected inference input 'other'"),
    ("sklearn_forest", {"X": np.ones((1, 5), np.float32)}, r"unexpected shape for input 'X' for model 'sklearn_forest'"),
])
def test_faults_in_the_words_of_triton(triton, name, arrays, text):
    with pytest.raises(InferenceServerException, match=text) as raised:
        triton.infer(name, inputs_of(arrays, True))
    assert raised.value.status() in ("400", "404")


def test_unknown_output(triton):
    outputs = [client.InferRequestedOutput("nothing")]
    with pytest.raises(InferenceServerException, match="unexpected inference output 'nothing'"):
        triton.infer("identity_float", inputs_of({"in": np.ones(1, np.float32)}, True), outputs=outputs)
