#!/bin/sh
# All checks: ruff, pyright, import contract, translations, tests (warnings are errors), doctests, README's commands. --long runs the long ones too;
# other options go to pytest. Every check runs, also after one has failed; pytest's summary is the last line.
. "$(dirname "$0")/setup.sh"
set_up

find_browser() {
    for name in ${GEOGRID_CHROMIUM:-} chromium chromium-browser google-chrome; do
        command -v "$name" 2>/dev/null && return
    done
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "… headless Chromium and a Chinese typeface" >&2
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; } >/dev/null 2>&1 || true
        command -v chromium && return
    fi
    echo "the browser tests need Chromium: install it, or name it by GEOGRID_CHROMIUM" >&2
    exit 2
}
GEOGRID_CHROMIUM=$(find_browser)
export GEOGRID_CHROMIUM

marks="not long"
if [ "${1:-}" = "--long" ]; then
    marks=""
    shift
fi

failed=""
check() { # check NAME COMMAND…
    name=$1
    shift
    echo "… $name"
    "$@" || failed="$failed, $name"
}
check "lint" .venv/bin/ruff check --quiet .
check "format" .venv/bin/ruff format --check --quiet .
check "imports" .venv/bin/lint-imports --no-logo
check "types" .venv/bin/python scripts/assets.py --run pyright
check "translations" .venv/bin/python scripts/translations.py --check
[ -z "$failed" ] || echo "FAILED: ${failed#, } (see above); the tests follow"
.venv/bin/python -m pytest -q -m "$marks" "$@" || exit
[ -z "$failed" ]
