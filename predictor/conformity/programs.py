"""Programs that a test starts, each in a process group of its own, with what they write kept in a file."""

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Program:
    def __init__(self, command: list[str], log: Path, environment: dict[str, str]):
        self.log = log
        self.read = 0
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=output, stderr=output, env={**os.environ, **environment}, start_new_session=True
            )

    def wait(self, *names: str, seconds: float = 120) -> dict:
        """The next event of one of these kinds in the predictor's log; those before it are passed over."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            lines = self.log.read_text().split("\n")[:-1]
            for line in lines[self.read :]:
                self.read += 1
                event = json.loads(line) if line.startswith("{") else {}
                if event.get("event") in names:
                    return event
            if ended:
                break
            time.sleep(0.05)
        raise AssertionError(f"no event {' or '.join(names)}:\n{self.log.read_text()[-4000:]}")

    def stop(self) -> int | None:
        """Ends the whole group: MLflow starts programs of its own."""
        for kind in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, kind)
                return self.process.wait(timeout=20)
            except ProcessLookupError:
                return self.process.wait()
            except subprocess.TimeoutExpired:
                continue
        return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
