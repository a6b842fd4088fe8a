#!/bin/sh
# A script of this folder in Debian's Chromium: run.sh SCRIPT HUREN FOLDER
#   browser.mjs   the pages, and /openapi.json against its standard
#   share.mjs     the film pages: /film, /open, /my
#   viewer.mjs    DICOMweb as others' programs use it
# npm's packages, the screenshots and all that is written go to FOLDER.
set -eu
script=$1
huren=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)

for program in node npm chromium; do
	if ! command -v $program >/dev/null; then
		echo "skipped: there is no $program; tools/setup installs it"
		exit 77
	fi
done
mkdir -p "$3"
cd "$3"
cp "$here"/*.mjs "$here"/package.json "$here"/package-lock.json "$here"/.npmrc .
npm ci --loglevel=error >npm.log 2>&1 || {
	cat npm.log
	exit 1
}
[ "$script" != viewer.mjs ] || "$here/../../tools/viewer" "$PWD/viewer"
ROOT=$(cd "$here/../.." && pwd)
export ROOT
node "$script" "$huren" "$PWD"
