"""kserve 0.16.0 and the newest: InferenceRESTClient (V1, V2, binary) and InferenceGRPCClient, the clients of the cluster itself."""

import asyncio
import math

import numpy as np
import pytest
from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferOutput, InferRequest, RESTConfig  # noqa: F401

EVERY = {
    "BOOL": np.array([True, False]), "UINT8": np.array([0, 255], np.uint8), "UINT16": np.array([65535], np.uint16),
    "UINT32": np.array([4294967295], np.uint32), "UINT64": np.array([2**64 - 1], np.uint64),
    "INT8": np.array([-128], np.int8), "INT16": np.array([-32768], np.int16), "INT32": np.array([-(2**31)], np.int32),
    "INT64": np.array([2**53 + 1], np.int64), "FP16": np.array([1.5], np.float16), "FP32": np.array([0.1], np.float32),
    "FP64": np.array([0.1]), "BYTES": np.array(["grün", ""], object),
}
NAMES = {"FP16": "float16", "FP32": "float", "FP64": "double", "BYTES": "string"}
V1, V2 = RESTConfig(protocol="v1"), RESTConfig(protocol="v2")


def infer_input(name, array, datatype, binary):
    one = InferInput(name, list(array.shape), datatype)
    one.set_data_from_numpy(array, binary_data=binary)
    return one


def ask(server, config, work):
    async def run():
        client = InferenceRESTClient(config)
        try:
            return await work(client, f"http://{server}")
        finally:
            await client.close()

    return asyncio.run(run())


def iris(binary):
    return infer_input("X", np.array([[6.8, 2.8, 4.8, 1.4], [6.0, 3.4, 4.5, 1.6]], np.float32), "FP32", binary)


def test_v2_health(server):
    async def work(client, url):
        return [await client.is_server_live(url), await client.is_server_ready(url), await client.is_model_ready(url, "sklearn_logistic")]

    assert ask(server, V2, work) == [True, True, True]


@pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])
def test_v2_infer(server, binary):
    async def work(client, url):
        return await client.infer(url, InferRequest("sklearn_logistic", [iris(binary)], request_id="5"), model_name="sklearn_logistic")

    answer = ask(server, V2, work)
    assert answer.id == "5" and answer.model_name == "sklearn_logistic"
    assert answer.outputs[0].data == [1, 1]
    assert answer.outputs[1].as_numpy().shape == (2, 3)


@pytest.mark.parametrize("datatype", EVERY)
@pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])
def test_v2_every_datatype(server, datatype, binary):
    if datatype == "FP16" and not binary:
        pytest.skip("the client has no FP16 in JSON")
    if datatype == "BYTES" and not binary:
        pytest.skip("the client writes the bytes of text as integers")
    name, array = f"identity_{NAMES.get(datatype, datatype.lower())}", EVERY[datatype]

    async def work(client, url):
        request = InferRequest(name, [infer_input("in", array, datatype, binary)], parameters={"binary_data_output": binary})
        return await client.infer(url, request, model_name=name)

    found = ask(server, V2, work).outputs[0].as_numpy()
    if datatype == "BYTES":
        assert [item.decode() if isinstance(item, bytes) else item for item in found] == list(array)
    else:
        np.testing.assert_array_equal(found, array)


def test_v2_fault_is_told(server):
    async def work(client, url):
        return await client.infer(url, InferRequest("nobody", [iris(False)]), model_name="nobody")

    with pytest.raises(Exception, match="unknown model: 'nobody' is not found.*404"):
        ask(server, V2, work)


def test_v1(server):
    async def work(client, url):
        ready = await client.is_model_ready(url, "sklearn_logistic")
        return ready, await client.infer(url, {"instances": [[6.8, 2.8, 4.8, 1.4], [6.0, 3.4, 4.5, 1.6]]}, model_name="sklearn_logistic")

    assert ask(server, V1, work) == (True, {"predictions": [1, 1]})


def grpc(address, work):
    async def run():
        client = InferenceGRPCClient(url=address)
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(run())


def test_grpc_health(grpc_address):
    async def work(client):
        return [await client.is_server_live(), await client.is_server_ready(), await client.is_model_ready("sklearn_logistic")]

    assert grpc(grpc_address, work) == [True, True, True]


@pytest.mark.parametrize("raw", [True, False], ids=["raw", "typed"])
def test_grpc_infer(grpc_address, raw):
    async def work(client):
        return await client.infer(InferRequest("sklearn_logistic", [iris(raw)], request_id="5"))

    answer = grpc(grpc_address, work)
    assert answer.id == "5"
    assert list(answer.outputs[0].as_numpy()) == [1, 1]
    assert math.isclose(float(answer.outputs[1].as_numpy()[0].sum()), 1, rel_tol=1e-5)


def test_grpc_typed_answers_typed_requests(grpc_address):
    async def work(client):
        return await client.infer(InferRequest("sklearn_logistic", [iris(False)]))

    assert grpc(grpc_address, work).outputs[0].data == [1, 1]
