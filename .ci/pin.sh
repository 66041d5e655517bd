#!/bin/sh
# pyproject.toml in, constraints.txt (what hetk needs, and its build) and constraints-dev.txt (what its tests need) out.
set -eu
command -v uv >/dev/null || { echo "make pin needs uv: pipx install uv" >&2; exit 1; }
flags="--quiet --universal --generate-hashes --no-annotate --no-emit-index-url --no-header --python-version 3.11"
echo "hatchling>=1.27" | uv pip compile $flags pyproject.toml - -o constraints.txt
uv pip compile $flags --group dev -c constraints.txt -o constraints-dev.txt
for file in constraints.txt constraints-dev.txt; do
  { echo "# Made by: make pin"; cat "$file"; } > "$file.new" && mv "$file.new" "$file"
done
