"""C header, as compilers of three processors and two languages take it."""

import re
import shutil
import subprocess

import pytest

from flows.road.package.registers import c_header
from hdl.config import CoreConfig
from hdl.config.geometries import geometry
from hdl.contract import register_map

#: Cross compilers, which `make setup` installs, with their processors.
TARGETS = {
    "rv32imac": ("riscv64-unknown-elf-gcc", "-march=rv32imac", "-mabi=ilp32"),
    "rv64gc": ("riscv64-unknown-elf-gcc", "-march=rv64gc", "-mabi=lp64d"),
    "cortex-m0": ("arm-none-eabi-gcc", "-mcpu=cortex-m0", "-mthumb"),
}

#: Loads and stores in their assembly; those through the stack pointer are no accesses of registers.
ACCESS = re.compile(r"^\s+(s[bhwd]|l[bhwd]u?|c\.[sl][wd]|strb?|strh|stm\w*|ldr[bh]?|ldm\w*)\s+(.*)$", re.MULTILINE)

WORDS = {"sw", "lw", "lwu", "c.sw", "c.lw", "str", "ldr"}

#: Words of C, its library and C++, and some that are none.
NAMES = (
    "clock",
    "time",
    "signal",
    "int",
    "div_t",
    "div",
    "size",
    "uint32",
    "class",
    "template",
    "register",
    "errno",
    "main",
    "bool",
    "restrict",
    "a__b",
    "x_",
    "tiny",
)

#: Headers of the library of C90.
LIBRARY = "assert ctype errno float limits locale math setjmp signal stdarg stddef stdio stdlib string time"

USE = """
void store_member(void *core);
void store_function(void *core);
uint32_t load_member(void *core);
uint32_t load_function(void *core);
void store_member(void *core) { {upper}_AT(core)->COMMAND = {upper}_COMMAND_PROGRAM; }
void store_function(void *core) { {lower}_write(core, {upper}_COMMAND, {upper}_COMMAND_PROGRAM); }
uint32_t load_member(void *core) { return {upper}_AT(core)->DATA; }
uint32_t load_function(void *core) { return {lower}_read(core, {upper}_DATA); }
"""


def sources(directory, config, name="tiny"):
    """Write the header, and a file that stores to `COMMAND` twice and loads from `DATA` twice."""
    (directory / f"{name}_registers.h").write_text(c_header(register_map(config), name))
    use = USE.replace("{upper}", f"BCIM_{name.upper()}").replace("{lower}", f"bcim_{name}")
    path = directory / "use.c"
    path.write_text(f'#include "{name}_registers.h"\n{use}')
    return path


def compiled(path, *command):
    arguments = [*command, path.name]
    return subprocess.run(arguments, cwd=path.parent, capture_output=True, text=True, check=False, timeout=60)


def compile_(path, *command):
    done = compiled(path, *command)
    assert done.returncode == 0, done.stderr
    return done.stdout


def accesses(path, target, *options):
    """Return the loads and stores of a file, those of the stack aside."""
    compiler, *processor = TARGETS[target]
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is missing: scripts/compilers.sh installs it")
    text = compile_(
        path, compiler, *processor, "-ffreestanding", "-Wall", "-Wextra", "-Werror", "-S", "-o", "-", *options
    )
    return [kind for kind, operands in ACCESS.findall(text) if "sp" not in operands]


@pytest.mark.parametrize("level", ["-O1", "-O2", "-Os"])
@pytest.mark.parametrize("target", TARGETS)
def test_an_access_is_one_word(target, level, tmp_path):
    """Four functions, four accesses, each of 32 bits."""
    found = accesses(sources(tmp_path, CoreConfig.load("tiny")), target, level)
    assert len(found) == 4, found
    assert set(found) <= WORDS
    assert sum(kind.startswith(("s", "c.s")) for kind in found) == 2


@pytest.mark.parametrize("target", TARGETS)
def test_a_packed_structure_is_seen(target, tmp_path):
    """The count finds the fault that it is there for: bytes, and more of them than accesses."""
    path = sources(tmp_path, CoreConfig.load("tiny"))
    header = tmp_path / "tiny_registers.h"
    text = header.read_text()
    assert "packed" not in text
    packed = text.replace("struct bcim_tiny_registers {", "struct __attribute__((__packed__)) bcim_tiny_registers {", 1)
    packed = packed.replace("volatile uint32_t", "uint32_t").replace("const uint32_t", "uint32_t")
    path.write_text(path.read_text().replace('#include "tiny_registers.h"', packed).replace("(core)->", "(core)->"))
    found = accesses(path, target, "-O2")
    assert sum(kind not in WORDS for kind in found) >= 8, found


@pytest.mark.parametrize(
    ("compiler", "standard"),
    [
        *(("gcc", standard) for standard in ("c89", "gnu89", "c99", "c11", "c17", "gnu17")),
        *(("g++", standard) for standard in ("c++98", "c++11", "c++20")),
    ],
)
def test_every_standard(compiler, standard, tmp_path):
    path = sources(tmp_path, geometry("watched"))
    if compiler == "g++":
        path = path.rename(path.with_suffix(".cpp"))
    compile_(path, compiler, f"-std={standard}", "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only")


@pytest.mark.parametrize("configuration", ["smallest", "watched", "macro"])
def test_registers_are_where_they_are(configuration, tmp_path):
    """Also by another check than the header's own, which notices a member in a wrong place."""
    config = geometry(configuration)
    path, header = sources(tmp_path, config), tmp_path / "tiny_registers.h"
    checks = "".join(
        f'_Static_assert(offsetof(struct bcim_tiny_registers, {entry.name}) == {entry.address}, "{entry.name}");\n'
        for entry in register_map(config)
    )
    path.write_text(f"{path.read_text()}{checks}")
    compile_(path, "gcc", "-std=c11", "-Wall", "-Werror", "-fsyntax-only")
    header.write_text(header.read_text().replace("volatile uint32_t PASSES;", "volatile uint32_t PASSES[2];", 1))
    assert "bcim_tiny_check_SEED_LOW" in compiled(header, "gcc", "-std=c89", "-fsyntax-only").stderr


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_one_of_the_language(name, tmp_path):
    """With all of the library's headers, in C and in C++, at the file's level and within functions."""
    config = CoreConfig.from_document(CoreConfig.load("tiny").model_dump() | {"name": name})
    path = sources(tmp_path, config, name)
    includes = "".join(f"#include <{header}.h>\n" for header in LIBRARY.split())
    path.write_text(includes + path.read_text() + includes)
    options = ("-Wall", "-Wextra", "-Werror", "-fsyntax-only")
    compile_(path, "gcc", "-std=c99", "-pedantic", *options)
    compile_(path.rename(path.with_suffix(".cpp")), "g++", "-std=c++11", *options)
    text = (tmp_path / f"{name}_registers.h").read_text()
    for defined in re.findall(r"^#define (\w+)", text, re.MULTILINE):
        assert defined.startswith(f"BCIM_{name.upper()}_")
    for declared in re.findall(r"^(?:struct|\w+ uint32_t|\w+ void) (\w+)", text, re.MULTILINE):
        assert declared.startswith(f"bcim_{name}_")


def test_two_cores_in_one_file(tmp_path):
    config = CoreConfig.load("tiny")
    first, second = sources(tmp_path, config), tmp_path / "both.c"
    sources(tmp_path, config, "time")
    names = ("tiny", "time", "tiny")
    second.write_text("".join(f'#include "{name}_registers.h"\n' for name in names))
    for path in (first, second):
        compile_(path, "gcc", "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only")
