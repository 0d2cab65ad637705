"""tritonclient over gRPC."""

import queue
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tritonclient.grpc as client
from reference import assert_same, expected, sample
from tritonclient.utils import InferenceServerException, np_to_triton_dtype


@pytest.fixture(scope="module")
def triton(grpc_address):
    with client.InferenceServerClient(grpc_address) as connection:
        yield connection


def inputs_of(arrays: dict) -> list:
    inputs = []
    for name, array in arrays.items():
        one = client.InferInput(name, list(array.shape), np_to_triton_dtype(array.dtype))
        one.set_data_from_numpy(array)
        inputs.append(one)
    return inputs


def check(result, wanted: dict):
    for name, array in wanted.items():
        assert_same(result.as_numpy(name), array)


def test_every_model(triton, zoo, model):
    wanted = expected(zoo, model)
    outputs = [client.InferRequestedOutput(name) for name in wanted]
    check(triton.infer(model, inputs_of(sample(zoo, model)), outputs=outputs), wanted)


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_compression(triton, algorithm):
    array = np.arange(5000, dtype=np.float32)
    result = triton.infer("identity_float", inputs_of({"in": array}), compression_algorithm=algorithm)
    assert_same(result.as_numpy("out"), array)


def test_threads(triton, zoo):
    names = ["sklearn_forest", "identity_string", "xgboost_classifier", "mixed_inputs"] * 80
    with ThreadPoolExecutor(32) as pool:
        results = pool.map(lambda name: (name, triton.infer(name, inputs_of(sample(zoo, name)))), names)
        for name, result in results:
            check(result, expected(zoo, name))


def test_stream(triton, zoo):
    answers = queue.Queue()
    triton.start_stream(lambda result, error: answers.put((result, error)))
    for number in range(10):
        triton.async_stream_infer("sklearn_forest", inputs_of(sample(zoo, "sklearn_forest")), request_id=str(number))
    for _ in range(10):
        result, error = answers.get(timeout=30)
        assert error is None
        check(result, expected(zoo, "sklearn_forest"))
    triton.stop_stream()


def test_metadata(triton, model):
    assert triton.is_server_live() and triton.is_server_ready() and triton.is_model_ready(model)
    with pytest.raises(InferenceServerException, match="NOT_FOUND"):
        triton.is_model_ready("nobody")
    assert triton.get_model_metadata(model).name == model
    assert triton.get_model_config(model).config.name == model


def test_statistics_and_index(triton, zoo):
    assert triton.get_inference_statistics("sklearn_linear").model_stats[0].name == "sklearn_linear"
    assert len(triton.get_model_repository_index().models) >= 25


def test_unload_and_load(triton):
    triton.unload_model("sklearn_hist")
    assert not triton.is_model_ready("sklearn_hist")
    triton.load_model("sklearn_hist")
    assert triton.is_model_ready("sklearn_hist")


def test_classification(triton, zoo):
    output = client.InferRequestedOutput("output_probability", class_count=1)
    result = triton.infer("sklearn_text_labels", inputs_of(sample(zoo, "sklearn_text_labels")), outputs=[output])
    labels = [text.decode().split(":")[2] for text in result.as_numpy("output_probability").ravel()]
    assert labels == [str(label) for label in expected(zoo, "sklearn_text_labels")["output_label"]]


def test_unknown_model(triton):
    with pytest.raises(InferenceServerException, match="unknown model: 'nobody' is not found") as raised:
        triton.infer("nobody", inputs_of({"in": np.ones(1, np.float32)}))
    assert raised.value.status() == "StatusCode.NOT_FOUND"
