#!/bin/sh
# Installs the Debian packages the tests use, where it may; says loudly what is missing otherwise.
set -eu

# command:package
NEEDED="chromium:chromium firefox-esr:firefox-esr WebKitWebDriver:webkit2gtk-driver Xvfb:xvfb xauth:xauth
  dbus-run-session:dbus node:nodejs npm:npm"

missing() {
  for pair in $NEEDED; do command -v "${pair%%:*}" >/dev/null || printf ' %s' "${pair##*:}"; done
}

packages=$(missing)
if [ -n "$packages" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "installing:$packages"
  apt-get update -qq
  for package in $packages; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null || true
  done
  packages=$(missing)
fi
[ -z "$packages" ] || echo "SKIPPED: the tests that need$packages. Install them: sudo apt install$packages"
