# Sourced by the other scripts: makes a virtual environment that holds what is asked for.
#
#   prepare DIR REQUIREMENT     e.g. prepare .venv '.' or prepare .venv-test '.[dev]'
#
# A second call finds everything there and does nothing. Needs Python 3.11 or newer and a network
# for the first call; no compiler, no GDAL.

find_python() {
    # A version manager may show a python3.12 that only says it is not there: so each is asked.
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "corridors needs Python 3.11 or newer; install it, or name it: PYTHON=/path/to/python3 $0" >&2
    exit 1
}

fingerprint() {
    # What the environment depends on: the interpreter, the requirement, and the project's file.
    { "$1" -VV; echo "$2"; cat pyproject.toml; } | cksum
}

install() {
    # uv installs in a fifth of the time; where it cannot be had, pip does the same.
    index=$("$1/bin/python" -m pip config get global.index-url 2>/dev/null || true)
    if "$1/bin/python" -m pip install --quiet --disable-pip-version-check uv 2>/dev/null &&
        env ${index:+UV_DEFAULT_INDEX="$index"} "$1/bin/uv" pip install --quiet \
            --python "$1/bin/python" --editable "$2" 2>"$1/uv.log"; then
        return
    fi
    "$1/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$2"
}

prepare() {
    python=$(find_python)
    wanted=$(fingerprint "$python" "$2")
    if [ -f "$1/installed" ] && [ "$(cat "$1/installed")" = "$wanted" ]; then
        return
    fi
    echo "Installing into $1 (once) ..." >&2
    rm -rf "$1"
    if ! "$python" -m venv "$1"; then
        rm -rf "$1"
        echo "no virtual environment could be made; on Debian and Ubuntu: apt install python3-venv" >&2
        exit 1
    fi
    install "$1" "$2"
    echo "$wanted" >"$1/installed"
}
