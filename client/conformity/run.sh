#!/usr/bin/env bash
# The client before model servers that others wrote, MLServer and KServe's Python server: their catalogues, forms, answers
# and faults, in Chromium; and the programs that it gives people to copy, run by tritonclient and grpcurl. Needs Python 3.11,
# Chromium and `npm ci`, for grpcurl also Go; packages are kept beside those of the predictor's suites.
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
source "$root/predictor/conformity/environments.sh"
environment kserve requirements-kserve.txt && environment mlserver requirements-mlserver.txt && environment main requirements.txt ||
  { echo "run.sh: packages could not be installed" >&2; exit 2; }
export CLIENT_MLSERVER="$conformity/.venv/mlserver/bin/mlserver" CLIENT_KSERVE="$conformity/.venv/kserve/bin/python"
export CLIENT_TRITON="$conformity/.venv/main/bin/python" PATH="$conformity/.venv/bin:$PATH"
if ! command -v grpcurl >/dev/null && command -v go >/dev/null; then
  echo "Building grpcurl"
  GOBIN="$conformity/.venv/bin" go install github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3
fi
cd "$root"
exec npm test --silent -- client/conformity client/e2e/snippets
