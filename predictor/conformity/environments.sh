# Sourced: Python environments for other people's clients and servers, made once and again when their list changes.
conformity="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

# environment NAME FILE: packages of FILE in .venv/NAME beside this file. PYTHON chooses another interpreter.
environment() {
  local venv="$conformity/.venv/$1" marker="$conformity/.venv/$1/requirements"
  cmp -s "$conformity/$2" "$marker" && return
  echo "Installing $2"
  "${PYTHON:-python3.11}" -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$conformity/$2" &&
    cp "$conformity/$2" "$marker"
}
