"""grpcio against the transport: sizes, deadlines, cancelled calls, metadata, broken connections, many threads.

Messages are those of tritonclient, whose service has the same definition.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import grpc
import numpy as np
import pytest
from tritonclient.grpc import service_pb2 as messages
from tritonclient.grpc import service_pb2_grpc as service

MODEL = "identity_float"
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


@pytest.fixture(scope="module")
def channel(grpc_address):
    with grpc.insecure_channel(grpc_address, options=UNLIMITED) as open_channel:
        yield open_channel


@pytest.fixture(scope="module")
def stub(channel):
    return service.GRPCInferenceServiceStub(channel)


def request(values, name: str = MODEL) -> messages.ModelInferRequest:
    array = np.asarray(values, dtype=np.float32)
    asked = messages.ModelInferRequest(model_name=name)
    asked.inputs.add(name="in", datatype="FP32", shape=[array.size])
    asked.raw_input_contents.append(array.tobytes())
    return asked


def answered(answer) -> np.ndarray:
    return np.frombuffer(answer.raw_output_contents[0], dtype=np.float32)


@pytest.mark.parametrize("elements", [1, 1_000, 4_095, 16_384, 150_528, 3_000_001])
def test_messages_of_every_size_come_back(stub, elements):
    values = np.arange(elements, dtype=np.float32)
    np.testing.assert_array_equal(answered(stub.ModelInfer(request(values))), values)


@pytest.mark.parametrize("algorithm", [grpc.Compression.Gzip, grpc.Compression.Deflate])
def test_compressed_messages_come_back(stub, algorithm):
    values = np.arange(100_000, dtype=np.float32)
    np.testing.assert_array_equal(answered(stub.ModelInfer(request(values), compression=algorithm)), values)


def test_threads_get_their_own_answers(stub):
    def ask(index: int) -> bool:
        return answered(stub.ModelInfer(request([index] * (index % 300 + 1))))[0] == index

    with ThreadPoolExecutor(32) as threads:
        assert all(threads.map(ask, range(3_000)))


def test_large_streams_are_answered_in_order(stub):
    values = [np.full(150_528, index, dtype=np.float32) for index in range(40)]
    answers = stub.ModelStreamInfer(iter([request(one) for one in values]))
    firsts = [answered(one.infer_response)[0] for one in answers]
    assert firsts == list(range(40))


def test_deadlines_are_kept(stub):
    begin = time.monotonic()
    with pytest.raises(grpc.RpcError) as caught:
        stub.ModelInfer(request(np.zeros(3_000_000)), timeout=0.001)
    assert caught.value.code() == grpc.StatusCode.DEADLINE_EXCEEDED
    assert time.monotonic() - begin < 5
    assert answered(stub.ModelInfer(request([1]), timeout=20))[0] == 1


def test_cancelled_calls_leave_nothing_behind(grpc_address):
    """More at once than a connection has streams: one that is not given back would stop the last ones."""
    with grpc.insecure_channel(grpc_address) as channel:
        stub = service.GRPCInferenceServiceStub(channel)
        for _ in range(100):
            calls = [stub.ModelInfer.future(request([1])) for _ in range(100)]
            for call in calls:
                call.cancel()
        assert answered(stub.ModelInfer(request([3]), timeout=20))[0] == 3
        streams = [stub.ModelStreamInfer(iter(())) for _ in range(200)]
        for stream in streams:
            stream.cancel()
        assert answered(stub.ModelInfer(request([4]), timeout=20))[0] == 4


def test_connections_that_break_leave_the_server_well(grpc_address, stub):
    for _ in range(20):
        channel = grpc.insecure_channel(grpc_address, options=[("grpc.use_local_subchannel_pool", 1)])
        other = service.GRPCInferenceServiceStub(channel)
        calls = [other.ModelInfer.future(request(np.zeros(150_528))) for _ in range(8)]
        channel.close()
        for call in calls:
            # Those that were quick enough have their answers.
            assert call.code() in (grpc.StatusCode.OK, grpc.StatusCode.CANCELLED)
    assert answered(stub.ModelInfer(request([5])))[0] == 5


def test_unknown_procedures_and_models(channel, stub):
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/inference.GRPCInferenceService/Nothing")(b"")
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED
    with pytest.raises(grpc.RpcError) as caught:
        stub.ModelInfer(request([1], "nobody «ö»"))
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    assert "'nobody «ö»'" in caught.value.details()


def test_bytes_that_are_no_message(channel):
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")(b"\xff\xff")
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT


def test_metadata_come_back_and_have_a_limit(stub):
    _, call = stub.ModelInfer.with_call(request([1]), metadata=[("x-request-id", "id-1"), ("x-bytes-bin", b"\0\xff")])
    assert ("x-request-id", "id-1") in [(key, value) for key, value in call.trailing_metadata()]
    with pytest.raises(grpc.RpcError) as caught:
        stub.ModelInfer(request([1]), metadata=[("x-large", "x" * 30_000)])
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    assert answered(stub.ModelInfer(request([2])))[0] == 2
