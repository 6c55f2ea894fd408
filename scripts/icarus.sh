#!/bin/sh
# Install Icarus Verilog where it is missing and can be installed without asking; say how where it cannot.
set -eu

if command -v iverilog >/dev/null; then
    exit 0
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root="sudo -n"
fi
if command -v apt-get >/dev/null && { [ -z "$as_root" ] || $as_root true 2>/dev/null; }; then
    echo "set-up: installing Icarus Verilog"
    if $as_root apt-get update -qq >/dev/null 2>&1 && $as_root apt-get install -y -qq iverilog >/dev/null 2>&1; then
        exit 0
    fi
fi
# Everything else works without it: this part is skipped, and says so.
echo "set-up: Icarus Verilog is missing and its tests will be skipped: install it (Debian: apt-get install iverilog)" >&2
