#!/bin/sh
# Every C file is as clang-format writes it (.clang-format at the top). Mend with:
#   clang-format -i $(git ls-files '*.[ch]')
cd "$(dirname "$0")/.." || exit 2
files=$(find base config parser store calendar ingest daemon cli tests -name '*.[ch]' 2>/dev/null)
[ -n "$files" ] || { echo "no C files found"; exit 1; }
# shellcheck disable=SC2086 # the names hold no spaces
exec clang-format --dry-run -Werror $files
