# Make .venv with the locked versions, the pages' scripts and the compiled kernels; sourced by demo.sh and test.sh, does nothing when all is fresh.
# Needs Python 3.11 or newer and git; node comes as a wheel. GEOGRID_PYTHON names another interpreter.

set -eu
cd "$(dirname "$0")/.."

find_python() {
    for name in ${GEOGRID_PYTHON:-} python3.11 python3.12 python3.13 python3 python; do
        if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "geogrid needs Python 3.11 or newer (GEOGRID_PYTHON=… names it) / 需要 Python 3.11 或更新版本" >&2
    exit 2
}

# What the environment was made of; another lock or a moved checkout make it anew.
fingerprint() {
    cat requirements.lock package-lock.json pyproject.toml setup.py scripts/setup.sh scripts/assets.py geogrid/maps/vendored.py geogrid/partition/*.py geogrid/noding/*.py geogrid/tessellation/*.py | cksum
    pwd
}

make_environment() {
    if .venv/bin/python -m pip --version 2>/dev/null | grep -qF " $(pwd)/.venv/"; then
        return
    fi
    python=$(find_python)
    echo "… environment .venv ($("$python" --version)) / 建立虚拟环境" >&2
    if ! "$python" -m venv --clear .venv 2>/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        { apt-get update -qq && apt-get install -y -qq python3-venv; } >/dev/null 2>&1 || true # Debian ships venv without pip
    fi
    [ -x .venv/bin/pip ] || "$python" -m venv --clear .venv
}

set_up() {
    stamp=.venv/geogrid.stamp
    if [ -f "$stamp" ] && [ "$(fingerprint)" = "$(cat "$stamp")" ]; then
        return
    fi
    make_environment
    echo "… packages, a minute or two / 安装依赖，约一两分钟" >&2
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-virtualenv -r requirements.lock
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-virtualenv --no-deps --no-build-isolation -e .
    echo "… scripts and styles of the pages / 页面资源" >&2
    .venv/bin/python scripts/assets.py --install
    echo "… compiling the kernels, once / 编译划分内核（仅一次）" >&2
    .venv/bin/python -m geogrid.partition
    .venv/bin/python -m geogrid.tessellation
    .venv/bin/python -m geogrid.reach
    fingerprint >"$stamp"
}
