#!/bin/sh
# Installs what the tests use beyond Python packages, where that is possible: a browser and a database server, by apt-get.
# A test that needs what is missing is skipped and says so; this never fails.

missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing="chromium"
# Debian keeps the server's programs off the PATH.
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || missing="$missing postgresql"
[ -n "$missing" ] || exit 0

skipped="the tests that need it are skipped."
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "Not installed:" $missing"; it takes root and apt-get, so $skipped"
    exit 0
fi

echo "Installing for the tests:" $missing
export DEBIAN_FRONTEND=noninteractive
quietly() {
    timeout 600 apt-get -qq -o Acquire::http::Timeout=20 -o DPkg::Lock::Timeout=60 "$@" >/dev/null 2>&1 </dev/null
}
quietly update
for package in $missing; do
    quietly install --no-install-recommends "$package" || echo "apt-get could not install $package; $skipped"
done
exit 0
