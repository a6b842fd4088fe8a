#!/bin/sh
# What of the film pages needs no browser: film_page.sh DIST. DIST has the files as they are sent.
set -eu
if ! command -v node >/dev/null; then
	echo "skipped: there is no node; tools/setup installs it"
	exit 77
fi
DIST=$1
export DIST
exec node --test "$(dirname "$0")"
