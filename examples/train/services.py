"""The two servers that training talks to, both on loopback and gone afterwards: an S3 store and an MLflow server."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
# s3rver accepts this pair and no other; it opens nothing else.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "S3RVER", "AWS_SECRET_ACCESS_KEY": "S3RVER", "AWS_DEFAULT_REGION": "us-east-1"}


@contextmanager
def s3(folder: Path) -> Iterator[str]:
    port = free_port()
    command = [
        str(ROOT / "node_modules/.bin/s3rver"),
        "-d",
        str(folder / "s3"),
        "-a",
        HOST,
        "-p",
        str(port),
        "--silent",
    ]
    with running("S3 server", command, folder, port, "/"):
        yield f"http://{HOST}:{port}"


@contextmanager
def mlflow_server(folder: Path, s3_endpoint: str, destination: str) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}", "--artifacts-destination", destination]
    environment = {
        **CREDENTIALS,
        "MLFLOW_S3_ENDPOINT_URL": s3_endpoint,
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        # Newer SDKs add a trailing checksum to every upload, which s3rver does not know.
        "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
    }
    with running("MLflow server", command, folder, port, "/health", environment):
        yield f"http://{HOST}:{port}"


@contextmanager
def running(
    name: str, command: list[str], folder: Path, port: int, path: str, environment: dict[str, str] | None = None
) -> Iterator[None]:
    log = folder / f"{name.replace(' ', '-').lower()}.log"
    print(f"Starting {name} on port {port}", flush=True)
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    try:
        wait_until_up(name, process, f"http://{HOST}:{port}{path}", log)
        yield
    finally:
        stop(process)


def wait_until_up(name: str, process: subprocess.Popen, url: str, log: Path, seconds: int = 90) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"{name} ended with code {process.returncode}:\n{tail(log)}")
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return  # an answer, if only 403 to an unsigned request
        except OSError:
            time.sleep(0.25)
    raise SystemExit(f"{name} did not answer at {url} within {seconds} s:\n{tail(log)}")


def stop(process: subprocess.Popen) -> None:
    """Ends the process and its workers: `start_new_session` made it the leader of a group of its own."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, kind)
            process.wait(timeout=10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
