#!/bin/sh
# The given manual pages are without a warning:  tests/manual.sh PAGE…
set -eu
if ! command -v mandoc >/dev/null; then
	echo "skipped: mandoc is not installed (tests/install-packages)"
	exit 77
fi
[ $# -gt 0 ] || exit 2
mandoc -Tlint -W warning "$@"
for page in "$@"; do
	# a page that renders to nothing has no warning either
	[ "$(mandoc -Tutf8 "$page" | wc -l)" -gt 30 ] || { echo "$page: hardly any text"; exit 1; }
done
echo "$# pages without a warning"
