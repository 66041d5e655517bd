#!/bin/sh
# Installs the Debian packages the tests use, where it may; says loudly what is missing otherwise. `--all` adds what only
# `make test-all` uses.
set -eu

# command:package
NEEDED="chromium:chromium node:nodejs npm:npm strace:strace"
[ "${1:-}" != --all ] || NEEDED="$NEEDED firefox-esr:firefox-esr WebKitWebDriver:webkit2gtk-driver Xvfb:xvfb xauth:xauth
  dbus-run-session:dbus"

missing() {
  for pair in $NEEDED; do command -v "${pair%%:*}" >/dev/null || printf ' %s' "${pair##*:}"; done
}

packages=$(missing)
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing:$packages"
  "$(dirname "$0")/thrice" sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $packages >/dev/null" || true
  packages=$(missing)
fi
[ -z "$packages" ] || echo "SKIPPED: the tests that need$packages. Install them: sudo apt install$packages"
