#!/usr/bin/env bash
# Clients that others wrote, against the real server: builds the model zoo, serves it, runs every suite, ends what it
# started. Needs Python 3.11 and `npm ci`; takes some minutes, the first time more (packages are kept in .venv).
#   run.sh [--http host:port [--grpc host:port] --zoo folder]   with addresses: a server that runs already
# PYTHON chooses another interpreter. The last line is the count.
set -uo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
python="${PYTHON:-python3.11}"
http="" grpc="" zoo="" group=""

while [ $# -gt 0 ]; do
  case "$1" in
    --http) http="$2" ;; --grpc) grpc="$2" ;; --zoo) zoo="$2" ;;
    *) echo "run.sh: unknown argument $1" >&2; exit 2 ;;
  esac
  shift 2
done
command -v "$python" >/dev/null || { echo "run.sh: $python not found. Install Python 3.11 or set PYTHON." >&2; exit 2; }
[ -d "$root/node_modules" ] || { echo "run.sh: $root/node_modules not found. Run: npm ci" >&2; exit 2; }

work="$(mktemp -d)"
leave() {
  [ -n "$group" ] && kill -TERM -- "-$group" 2>/dev/null && wait "$group" 2>/dev/null
  rm -rf "$work"
}
trap leave EXIT

source "$here/environments.sh"
environment convert ../../tools/convert/requirements.txt &&
environment main requirements.txt && environment kserve requirements-kserve.txt && environment kserve-newest requirements-kserve-newest.txt && environment mlserver requirements-mlserver.txt ||
  { echo "run.sh: packages could not be installed" >&2; exit 2; }
with_mlflow=yes
environment mlflow requirements-mlflow.txt || with_mlflow=""

if [ -z "$zoo" ]; then
  zoo="$work/zoo"
  echo "Building the model zoo"
  "$here/.venv/main/bin/python" "$here/zoo.py" "$zoo" || { echo "run.sh: the model zoo could not be built" >&2; exit 2; }
fi

if [ -z "$http" ]; then
  echo "Starting the server"
  # A process group of its own, so that the server ends with this script whatever stands between them.
  set -m
  (cd "$root" && exec npm run --silent predictor -- --model-repository "$zoo/models" --http-host 127.0.0.1 \
    --http-port 0 --grpc-port 0 --admin-port 0 --admin-grpc-port 0 --metrics-port off) 2>"$work/log" &
  group=$!
  set +m
  for _ in $(seq 600); do
    grep -qE '"event":"(ready|not-ready|start-failed)"' "$work/log" && break
    kill -0 "$group" 2>/dev/null || break
    sleep 0.2
  done
  read -r http grpc < <(sed -n 's/.*"event":"listening".*"port":\([0-9]*\).*"grpc":\([0-9]*\).*/127.0.0.1:\1 127.0.0.1:\2/p' "$work/log")
  grep -q '"event":"ready"' "$work/log" || { cat "$work/log" >&2; echo "run.sh: the server did not become ready" >&2; exit 2; }
fi

export PREDICTOR_HTTP="$http" PREDICTOR_GRPC="$grpc" PREDICTOR_ZOO="$zoo"
failed=0
declare -a lines

suite() { # environment, files…
  local venv="$here/.venv/$1"; shift
  echo "== $*"
  (cd "$here" && "$venv/bin/python" -B -m pytest -q -p no:cacheprovider "$@") 2>&1 | tee "$work/suite"
  [ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
  lines+=("$*: $(grep -E '[0-9]+ (passed|failed|error)' "$work/suite" | tail -1)")
}
suite main test_triton_http.py
suite main test_triton_grpc.py
suite main test_grpc_transport.py
suite main test_plain_http.py
suite kserve test_kserve.py
suite kserve-newest test_kserve.py
suite mlserver test_mlserver.py
if [ -n "$with_mlflow" ]; then
  suite mlflow test_mlflow.py
else
  echo "== test_mlflow.py: not run, since its packages could not be installed"
  lines+=("test_mlflow.py: not run, since its packages could not be installed")
fi
suite convert "$root/tools/convert/test_convert.py"

# HTTP/2 itself, where Go is there to build its conformance suite. One of its cases sends a header block that it believes
# to be larger than our frames may be, which are larger than the default: longer fields make it so.
h2spec="$(command -v h2spec || true)"
if [ -z "$h2spec" ] && command -v go >/dev/null; then
  echo "Building h2spec"
  go -C "$here/h2spec" build -o "$here/.venv/bin/h2spec" github.com/summerwind/h2spec/cmd/h2spec >"$work/suite" 2>&1 || { failed=1; cat "$work/suite"; }
  h2spec="$here/.venv/bin/h2spec"
fi
if [ -x "$h2spec" ]; then
  echo "== h2spec"
  "$h2spec" --host "${grpc%:*}" --port "${grpc##*:}" --timeout 5 --max-header-length 32000 >"$work/suite" 2>&1 || { failed=1; sed -n '/Failures/,$p' "$work/suite"; }
  lines+=("h2spec: $(grep -E '[0-9]+ tests, ' "$work/suite" | tail -1)")
else
  lines+=("h2spec: not run, since it is not there and could not be built with go")
fi

# Which shape goes with which number of elements no schema can say, so some data that fits the schema is refused rightly:
# that one check is left out. So is a model whose metadata cannot say that it takes any rank.
left_out='open_rank'
echo "== schemathesis"
(cd "$work" && "$here/.venv/main/bin/schemathesis" run "http://$http/openapi.json" --exclude-checks positive_data_acceptance \
  --exclude-path-regex "$left_out" \
  --max-examples "${EXAMPLES:-4}" --seed 1 --no-color) > "$work/suite" 2>&1 || { failed=1; cat "$work/suite"; }
lines+=("schemathesis: $(grep -E 'test cases|No issues|[0-9]+ (passed|failed|unique)' "$work/suite" | tr -s ' \n' ' ')")

echo
printf '%s\n' "${lines[@]}"
[ "$failed" -eq 0 ] && echo "Every suite passed" || { echo "Some suites failed"; exit 1; }
