#!/bin/sh
# Install the cross compilers that check the C header where they are missing and can be installed without asking, and a
# compiler of VHDL; say how where they cannot.
set -eu

missing=
for pair in riscv64-unknown-elf-gcc:gcc-riscv64-unknown-elf arm-none-eabi-gcc:gcc-arm-none-eabi ghdl:ghdl-mcode; do
    command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
if [ -z "$missing" ]; then
    exit 0
fi

as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root="sudo -n"
fi
install() {
    # Neither C library is needed: it is 800 MB.
    $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1
}
if command -v apt-get >/dev/null && { [ -z "$as_root" ] || $as_root true 2>/dev/null; }; then
    echo "set-up: installing$missing"
    # The lists of packages are mostly there, since Icarus has been installed.
    if install || { $as_root apt-get update -qq >/dev/null 2>&1 && install; }; then
        exit 0
    fi
fi
# Everything else works without them: this part is skipped, and says so.
echo "set-up:$missing missing and their tests will be skipped (Debian: apt-get install$missing)" >&2
