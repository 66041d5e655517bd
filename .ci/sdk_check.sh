#!/bin/sh
# Rebuilds the SDK, fails when the committed bytes differ, and runs its tests: those of the gate, with `--all` every engine and row.
# Without Node 20.19+: a loud skip. Where HETK_JUNIT names a folder the results go there too.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../sdk_js"
[ "${1:-}" != --all ] || export HETK_ALL=1

if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
  echo "SKIPPED: the SDK's build and tests. They need Node 20.19 or newer with npm (found: $(node --version 2>/dev/null || echo none))"
  exit 0
fi
"$here/thrice" npm ci --loglevel=error --no-audit --no-fund
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
cp -R dist/. "$before"
npm run --silent build
diff -r "$before" dist || { echo "sdk_js/dist differs from what its sources build: commit the new build" >&2; exit 1; }
npm run --silent typecheck
npm test --silent -- ${HETK_JUNIT:+--reporter=default --reporter=junit --outputFile.junit="$HETK_JUNIT/SDK-unit.xml"}
if command -v chromium >/dev/null; then
  npm run --silent test:browser -- "$@"
else
  echo "SKIPPED: browser tests of the SDK (no chromium)"
fi
