#!/bin/sh
# Rebuilds the console's page, fails when the committed bytes differ, and checks its types. Without Node 20.19+: a loud skip.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../warehouse/console/web"

if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null; then
  echo "SKIPPED: the build of the console's page. It needs Node 20.19 or newer with npm (found: $(node --version 2>/dev/null || echo none))"
  exit 0
fi
"$here/thrice" npm ci --loglevel=error --no-audit --no-fund
before=$(mktemp -d)
trap 'rm -rf "$before"' EXIT
cp -R ../static/. "$before"
npm run --silent build >/dev/null
diff -r "$before" ../static || { echo "warehouse/console/static differs from what its sources build: commit the new build" >&2; exit 1; }
npm run --silent typecheck
