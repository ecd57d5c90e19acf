#!/bin/sh
# All checks: ruff, pyright, import contract, tests (warnings are errors), doctests, README's commands. --long runs the long ones too.
. "$(dirname "$0")/setup.sh"
set_up test

browser() {
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
GEOGRID_CHROMIUM="$(browser)"
export GEOGRID_CHROMIUM

marks="not long"
if [ "${1:-}" = "--long" ]; then
    marks=""
    shift
fi

.venv/bin/ruff check .
.venv/bin/ruff format --check .
.venv/bin/lint-imports
.venv/bin/python scripts/assets.py --run pyright
.venv/bin/python -m pytest -q -m "$marks" "$@"
