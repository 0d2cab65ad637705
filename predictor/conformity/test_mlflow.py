"""A real MLflow server in front of the predictor: its names of models, its artifact proxy, an alias that moves.

The models answer with what they are: version 1 adds 1, version 2 adds 2.
"""

import http.client
import json
import os
import re
import sys
import threading
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from programs import Program, free_port

# What MLflow reads when it is imported, and what every program here inherits.
os.environ.update(
    MLFLOW_DISABLE_TELEMETRY="true",
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false",
    MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false",
    MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT="true",
    GIT_PYTHON_REFRESH="quiet",
)
# A slow answer is a fault here, not something to try again for minutes.
os.environ.update(MLFLOW_HTTP_REQUEST_TIMEOUT="60", MLFLOW_HTTP_REQUEST_MAX_RETRIES="1")

import mlflow  # noqa: E402
import numpy as np  # noqa: E402
import onnx  # noqa: E402
from mlflow.models import ModelSignature  # noqa: E402
from mlflow.types.schema import Schema, TensorSpec  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

NAME = "adder"
PLAIN = "a folder/graphs"


class Server:
    """MLflow with its database and its artifacts in one folder, which outlives the process."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = free_port()
        self.uri = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        store = f"--backend-store-uri=sqlite:///{self.folder / 'mlflow.db'}"
        artifacts = ["--serve-artifacts", f"--artifacts-destination={self.folder / 'artifacts'}"]
        bind = ["--host=127.0.0.1", f"--port={self.port}", "--workers=1"]
        command = [sys.executable, "-m", "mlflow", "server", *bind, store, *artifacts]
        self.program = Program(command, self.folder / "mlflow.log", {})
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.program.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.uri}/health", timeout=5).close()
                return
            except OSError:
                time.sleep(0.3)
        self.program.stop()
        raise AssertionError(f"MLflow did not come up:\n{(self.folder / 'mlflow.log').read_text()[-4000:]}")


@dataclass
class Logged:
    run: str
    model: str
    version: str


@dataclass
class World:
    server: Server
    logged: list[Logged]

    @property
    def client(self) -> mlflow.MlflowClient:
        return mlflow.MlflowClient(self.server.uri)

    def alias(self, name: str, index: int):
        self.client.set_registered_model_alias(NAME, name, self.logged[index].version)


def adder(amount: float) -> onnx.ModelProto:
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 2])
    constant = numpy_helper.from_array(np.array(amount, np.float32), "amount")
    graph = helper.make_graph([helper.make_node("Add", ["x", "amount"], ["y"])], NAME, [value("x")], [value("y")], [constant])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 9
    return model


def log(amount: float, folder: Path) -> Logged:
    tensor = lambda name: Schema([TensorSpec(np.dtype("float32"), (-1, 2), name)])
    with mlflow.start_run() as run:
        info = mlflow.onnx.log_model(
            adder(amount),
            name="model",
            registered_model_name=NAME,
            signature=ModelSignature(inputs=tensor("x"), outputs=tensor("y")),
            input_example={"x": np.zeros((1, 2), np.float32)},
            pip_requirements=["onnx", "onnxruntime"],
        )
        # As a run keeps files that no flavor of MLflow logged.
        folder.mkdir()
        onnx.save(adder(amount), folder / "graph.onnx")
        mlflow.log_artifacts(str(folder), PLAIN)
    return Logged(run.info.run_id, info.model_id, str(info.registered_model_version))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mlflow")
    server = Server(folder)
    try:
        mlflow.set_tracking_uri(server.uri)
        mlflow.set_experiment("conformity")
        world = World(server, [log(amount, folder / f"plain-{amount}") for amount in (1, 2)])
        world.alias("champion", 1)
        yield world
    finally:
        server.program.stop()


@pytest.fixture
def predictor(tmp_path):
    started = []

    def start(uri: str | None, *flags: str) -> Program:
        ports = ["--http-host=127.0.0.1", "--http-port=0", "--grpc-port=off", "--metrics-port=off"]
        # Empty is unset; MLflow's own client has put the address into this process's environment.
        environment = {"MLFLOW_TRACKING_URI": uri or ""}
        command = ["node", "--import", "tsx", "predictor/main.ts", *ports, *flags]
        started.append(Program(command, tmp_path / f"predictor-{len(started)}.log", environment))
        return started[-1]

    yield start
    for program in started:
        program.stop()


def serve(predictor, world: World, location: str, *flags: str) -> tuple[Program, str]:
    program = predictor(world.server.uri, "--model-name=m", f"--model-dir={location}", *flags)
    ready = program.wait("ready", "not-ready")
    assert ready["event"] == "ready", ready
    return program, f"127.0.0.1:{ready['port']}"


def ask(connection: http.client.HTTPConnection, model: str = "m") -> tuple[int, list[float] | str]:
    body = {"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [10.0, 20.0]}]}
    connection.request("POST", f"/v2/models/{model}/infer", json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = json.loads(response.read())
    return response.status, answer["outputs"][0]["data"] if response.status == 200 else answer["error"]


def once(address: str, model: str = "m") -> tuple[int, list[float] | str]:
    with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
        return ask(connection, model)


def added(address: str, model: str = "m") -> float:
    """Which version it is."""
    status, data = once(address, model)
    assert status == 200, data
    assert data[1] - data[0] == 10
    return data[0] - 10


def models_file(folder: Path, locations: dict[str, str]) -> str:
    file = folder / "models.json"
    file.write_text(json.dumps({"models": [{"name": name, "uri": uri} for name, uri in locations.items()]}))
    return f"--models-config={file}"


def test_every_form_of_name_is_served(world, predictor, tmp_path):
    first, second = world.logged
    place = world.client.get_logged_model(second.model).artifact_location
    # Else the others would say nothing about the proxy.
    assert place.startswith("mlflow-artifacts:/")
    forms = {
        "alias": (2, f"models:/{NAME}@champion"),
        "version": (1, f"models:/{NAME}/{first.version}"),
        "logged-model": (1, f"models:/{first.model}"),
        "run": (2, f"runs:/{second.run}/model"),
        "files-of-a-run": (1, f"runs:/{first.run}/{PLAIN}"),
        "artifacts": (2, place),
    }
    file = models_file(tmp_path, {name: location for name, (_, location) in forms.items()})
    program = predictor(world.server.uri, file)
    ready = program.wait("ready", "not-ready")
    assert ready["event"] == "ready", ready
    address = f"127.0.0.1:{ready['port']}"
    assert {name: added(address, name) for name in forms} == {name: amount for name, (amount, _) in forms.items()}
    assert program.stop() == 0


def test_wrong_names_are_told_in_the_words_of_mlflow(world, predictor, tmp_path):
    none = "0" * 32
    wrong = {
        "alias": (f"models:/{NAME}@nobody", "alias nobody not found"),
        "version": (f"models:/{NAME}/99", f"Model Version (name={NAME}, version=99) not found"),
        "name": ("models:/stranger/1", "stranger"),
        "logged-model": (f"models:/m-{none}", none),
        "run": (f"runs:/{none}/model", none),
    }
    right = {"m": f"models:/{NAME}/1"}
    failed = predictor(world.server.uri, models_file(tmp_path, {name: uri for name, (uri, _) in wrong.items()} | right)).wait("ready", "not-ready")
    assert failed["event"] == "not-ready"
    address = f"127.0.0.1:{failed['port']}"
    reasons = {model["model"]: model.get("reason") for model in failed["models"]}
    for name, (location, words) in wrong.items():
        assert re.match(f'cannot find "{re.escape(location)}" in MLflow: MLflow answered 4\\d\\d: ', reasons[name]), reasons
        assert words in reasons[name], reasons
        # Whoever asks for the model hears it as well.
        status, error = once(address, name)
        assert status == 503 and location in error, (status, error)
    assert reasons["m"] is None
    assert added(address) == 1


def test_artifacts_that_are_not_there_are_told(world, predictor):
    location = f"runs:/{world.logged[0].run}/elsewhere"
    failed = predictor(world.server.uri, "--model-name=m", f"--model-dir={location}").wait("ready", "not-ready")
    assert failed["event"] == "not-ready"
    assert "there are no artifacts" in failed["models"][0]["reason"]


def test_a_server_that_is_down_is_told(predictor):
    port = free_port()
    failed = predictor(f"http://127.0.0.1:{port}", "--model-name=m", f"--model-dir=models:/{NAME}/1").wait("ready", "not-ready")
    (model,) = failed["models"]
    assert model["reason"].startswith(f'cannot find "models:/{NAME}/1" in MLflow: '), model
    assert f"ECONNREFUSED 127.0.0.1:{port}" in model["reason"]


def test_a_server_that_nobody_named_is_told(predictor):
    failed = predictor(None, "--model-name=m", f"--model-dir=models:/{NAME}/1").wait("ready", "not-ready")
    assert "MLFLOW_TRACKING_URI is not set" in failed["models"][0]["reason"]


@dataclass
class Load:
    """Threads that ask without a pause, each over one connection of its own, and keep what they see."""

    address: str
    answers: list[list] = field(default_factory=list)
    asking: bool = True

    def __post_init__(self):
        self.answers = [[] for _ in range(4)]
        self.threads = [threading.Thread(target=self.run, args=(seen,)) for seen in self.answers]
        for thread in self.threads:
            thread.start()

    def run(self, seen: list):
        connection = http.client.HTTPConnection(self.address, timeout=30)
        while self.asking:
            try:
                seen.append(ask(connection))
            except (OSError, http.client.HTTPException) as error:
                seen.append((0, repr(error)))
                connection.close()
        connection.close()

    def stop(self) -> list[list]:
        self.asking = False
        for thread in self.threads:
            thread.join()
        return self.answers


def healthy(address: str) -> bool:
    with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
        connection.request("GET", "/v2/health/ready")
        return connection.getresponse().status == 200


def wait_until_healthy(address: str):
    deadline = time.monotonic() + 60
    while not healthy(address):
        assert time.monotonic() < deadline, "still not ready"
        time.sleep(0.1)


def wait_for(amount: float, address: str, model: str = "m"):
    deadline = time.monotonic() + 60
    while added(address, model) != amount:
        assert time.monotonic() < deadline, f"still not version {amount}"
        time.sleep(0.1)


def test_an_alias_that_moves_is_followed_and_no_request_fails(world, predictor):
    world.alias("moving", 0)
    program, address = serve(predictor, world, f"models:/{NAME}@moving", "--poll-seconds=1")
    assert added(address) == 1
    load = Load(address)
    try:
        time.sleep(1)
        world.alias("moving", 1)
        assert world.logged[1].model in program.wait("alias-moved")["place"]
        program.wait("model-released")
        wait_for(2, address)
        time.sleep(1)
        world.alias("moving", 0)
        program.wait("alias-moved")
        program.wait("model-released")
        wait_for(1, address)
    finally:
        answers = load.stop()
    for seen in answers:
        assert len(seen) > 100
        assert {status for status, _ in seen} == {200}, [one for one in seen if one[0] != 200][:3]
        assert {tuple(data) for _, data in seen} == {(11, 21), (12, 22)}
        versions = [data[0] - 10 for _, data in seen]
        # One swap there and one back: no answer of the old version after one of the new.
        assert sum(before != after for before, after in zip(versions, versions[1:])) == 2
    assert program.stop() == 0


def test_what_cannot_be_followed_leaves_the_model_serving_and_holds_up_no_other(world, predictor, tmp_path):
    world.alias("lost", 0)
    world.alias("lasting", 0)
    file = models_file(tmp_path, {"lost": f"models:/{NAME}@lost", "m": f"models:/{NAME}@lasting"})
    program = predictor(world.server.uri, file, "--poll-seconds=1")
    ready = program.wait("ready", "not-ready")
    assert ready["event"] == "ready", ready
    address = f"127.0.0.1:{ready['port']}"
    world.client.delete_registered_model_alias(NAME, "lost")
    assert "alias lost not found" in program.wait("poll-failed")["msg"]
    world.alias("lasting", 1)
    assert program.wait("alias-moved")["model"] == "m"
    wait_for(2, address)
    assert added(address, "lost") == 1

    world.server.program.stop()
    try:
        while "ECONNREFUSED" not in program.wait("poll-failed")["msg"]:
            pass
        assert (added(address), added(address, "lost")) == (2, 1)
    finally:
        world.server.start()
    world.alias("lost", 1)
    while program.wait("alias-moved")["model"] != "lost":
        pass
    wait_for(2, address, "lost")


def test_a_model_that_came_too_early_is_tried_again(world, predictor, tmp_path):
    file = models_file(tmp_path, {"m": f"models:/{NAME}@early", "there": f"models:/{NAME}/1"})
    program = predictor(world.server.uri, file, "--poll-seconds=1")
    ready = program.wait("ready", "not-ready")
    assert ready["event"] == "not-ready", ready
    address = f"127.0.0.1:{ready['port']}"
    assert added(address, "there") == 1 and not healthy(address)
    world.alias("early", 1)
    assert program.wait("alias-moved")["model"] == "m"
    program.wait("model-loaded")
    wait_until_healthy(address)
    assert added(address) == 2
