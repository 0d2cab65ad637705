"""Where the server, its gRPC port and the model zoo are: from the environment, as run.sh sets it.

Not from options: kserve reads the arguments of whatever process imports it. Nothing but pytest is used here, since
three environments share this file.
"""

import os
from pathlib import Path

import pytest

ZOO = Path(os.environ["PREDICTOR_ZOO"])


@pytest.fixture(scope="session")
def server() -> str:
    return os.environ["PREDICTOR_HTTP"]


@pytest.fixture(scope="session")
def grpc_address() -> str:
    address = os.environ.get("PREDICTOR_GRPC")
    if not address:
        pytest.skip("no gRPC address")
    return address


@pytest.fixture(scope="session")
def zoo() -> Path:
    return ZOO


def pytest_generate_tests(metafunc):
    if "model" in metafunc.fixturenames:
        metafunc.parametrize("model", sorted(path.stem for path in (ZOO / "samples").glob("*.npz")))
