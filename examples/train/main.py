"""Trains every sample, logs it to a real MLflow server over a real S3 store, and writes what came out of the store.

Run it through `examples/run.sh`, which makes the environment, and keeps MLflow quiet and offline.
"""

import json
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import mlflow

import diabetes
import digits
import iris
import iris_sklearn
import manifest
import tracking
import wine
from bucket import Bucket
from services import ROOT, mlflow_server, s3

BUCKET = "nsa2-sf-ml-models"
EXAMPLES = ROOT / "examples"


def main() -> None:
    begun = time.monotonic()
    warnings.filterwarnings("ignore", category=FutureWarning)
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    with tempfile.TemporaryDirectory(prefix="examples-") as name:
        folder = Path(name)
        logged, fresh = train_and_log(folder)
        entries = [manifest.entry(one, BUCKET, fresh) for one in logged]
        publish(fresh, entries)
    total = sum(f.stat().st_size for f in (EXAMPLES / "artifacts").rglob("*") if f.is_file())
    print(f"{len(entries)} versions, {total / 1000:.0f} kB of artifacts, {time.monotonic() - begun:.0f} s")


def train_and_log(folder: Path) -> tuple[list[tracking.Logged], Path]:
    """The logged samples and the folder that holds a copy of the bucket."""
    with s3(folder) as endpoint:
        bucket = Bucket(endpoint, BUCKET)
        bucket.create()
        with mlflow_server(folder, endpoint, f"s3://{BUCKET}/mlflow") as url:
            mlflow.set_tracking_uri(url)
            logged = []
            for script in (iris, iris_sklearn, wine, diabetes, digits):
                print(f"Training {script.__name__}", flush=True)
                for sample in script.train():
                    one = tracking.log(sample)
                    print(f"  {sample.name} version {one.version}: {sample.metrics}", flush=True)
                    logged.append(one)
            tracking.crown(logged)
        fresh = folder / "artifacts"
        print(f"Copied {bucket.download(fresh / BUCKET)} objects of s3://{BUCKET}", flush=True)
    return logged, fresh


def publish(fresh: Path, entries: list[dict]) -> None:
    """Replaces the committed files; only now, so that a run which fails leaves them alone."""
    shutil.rmtree(EXAMPLES / "artifacts", ignore_errors=True)
    shutil.copytree(fresh, EXAMPLES / "artifacts")
    models = EXAMPLES / "models.json"
    models.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    format_json(models)
    (image,) = [e["example"]["inputs"][0]["data"][0] for e in entries if e["name"] == "digits"]
    digits.write_image(image, EXAMPLES / "digits.png")


def format_json(file: Path) -> None:
    """As `npm run lint` wants it."""
    command = [ROOT / "node_modules/.bin/biome", "format", "--write", file]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise SystemExit(f"Cannot format {file.name}:\n{done.stdout}")


if __name__ == "__main__":
    main()
