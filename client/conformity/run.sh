#!/usr/bin/env bash
# The client before model servers that others wrote, MLServer and KServe's Python server: their catalogues, forms, answers
# and faults, in Chromium. Needs Python 3.11, Chromium and `npm ci`; packages are kept beside those of the predictor's suites.
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
source "$root/predictor/conformity/environments.sh"
environment kserve requirements-kserve.txt && environment mlserver requirements-mlserver.txt ||
  { echo "run.sh: packages could not be installed" >&2; exit 2; }
export CLIENT_MLSERVER="$conformity/.venv/mlserver/bin/mlserver" CLIENT_KSERVE="$conformity/.venv/kserve/bin/python"
cd "$root"
exec npm test --silent -- client/conformity
