#!/usr/bin/env bash
# npm run test:story: the story of a model with a real MLflow, and what its checks say to broken variants of it. Needs Python 3.11; PYTHON and VENV choose another and its place.
set -euo pipefail
cd "$(dirname "$0")/../.."

python="${PYTHON:-python3.11}"
venv="${VENV:-.venv}"
command -v "$python" >/dev/null || { echo "test:story: $python not found. Install Python 3.11 or set PYTHON." >&2; exit 2; }
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r examples/requirements.txt -c examples/constraints.txt
STORY_PYTHON="$(cd "$venv" && pwd)/bin/python" exec node --import tsx --test --test-reporter=spec generators/story/story.ts
