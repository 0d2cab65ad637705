#!/usr/bin/env bash
# Trains the sample models, logs them to MLflow and writes artifacts/, models.json and digits.png anew.
# Needs Python 3.11 and `npm ci`. PYTHON and VENV choose another interpreter and another place for its packages.
set -euo pipefail
cd "$(dirname "$0")/.."

python="${PYTHON:-python3.11}"
venv="${VENV:-.venv}"

command -v "$python" >/dev/null || { echo "examples/run.sh: $python not found. Install Python 3.11 or set PYTHON." >&2; exit 2; }
[ -x node_modules/.bin/s3rver ] || { echo "examples/run.sh: node_modules/.bin/s3rver not found. Run: npm ci" >&2; exit 2; }

if [ ! -x "$venv/bin/python" ]; then
  echo "Making $venv"
  "$python" -m venv "$venv"
fi
echo "Installing packages"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r examples/requirements.txt -c examples/constraints.txt

# The same bytes from run to run: one thread adds up floats in one order, and a fixed hash seed keeps sets in theirs
# (skl2onnx writes the operator sets of a model in the order of a set).
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONHASHSEED=0

# No telemetry, no chatter, no question to git.
export MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=true GIT_PYTHON_REFRESH=quiet
export MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR=false MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT=true MLFLOW_LOGGING_LEVEL=WARNING
exec "$venv/bin/python" -B examples/train/main.py
