#!/bin/sh
# Makes .venv with pip in it, from whatever this machine has: venv, uv, virtualenv, or Debian's python3-venv.
set -eu

python=""
for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
  if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$name; break; fi
done
if [ -z "$python" ] && ! command -v uv >/dev/null; then
  echo "hetk needs Python 3.11 or newer: install it (Debian: apt install python3 python3-venv) or set PYTHON=/path/to/python" >&2
  exit 1
fi

has_pip() { .venv/bin/python -m pip --version >/dev/null 2>&1; }
with_venv() { [ -n "$python" ] && "$python" -m venv --clear .venv >/dev/null 2>&1 && has_pip; }
with_uv() { command -v uv >/dev/null && uv venv --quiet --seed --clear --python "${python:-3.11}" .venv && has_pip; }
with_virtualenv() { "$python" -m virtualenv --quiet --clear .venv >/dev/null 2>&1 && has_pip; }
with_apt() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  echo "installing python3-venv (Debian keeps it in a package of its own)"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null && with_venv
}

with_venv || with_uv || with_virtualenv || with_apt || {
  rm -rf .venv
  echo "cannot make a virtual environment: $python has no ensurepip. One of these mends it:" >&2
  echo "  sudo apt install python3-venv    |    pipx install uv    |    pipx install virtualenv" >&2
  exit 1
}
