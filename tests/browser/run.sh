#!/bin/sh
# The pages in Debian's Chromium, and /openapi.json against its standard: run.sh HUREN FOLDER
# npm's packages, the screenshots and all that is written go to FOLDER.
set -eu
huren=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)

for program in node npm chromium; do
	if ! command -v $program >/dev/null; then
		echo "skipped: there is no $program; tools/setup installs it"
		exit 77
	fi
done
mkdir -p "$2"
cd "$2"
cp "$here"/*.mjs "$here"/package.json "$here"/package-lock.json "$here"/.npmrc .
npm ci --loglevel=error >npm.log 2>&1 || {
	cat npm.log
	exit 1
}
ROOT=$(cd "$here/../.." && pwd)
export ROOT
node browser.mjs "$huren" "$PWD"
