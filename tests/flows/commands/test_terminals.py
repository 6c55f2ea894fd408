"""Output of any terminal, or none, and what a machine may lack."""

import json
import os
import subprocess
import sys

import pytest

PROGRAM = (sys.executable, "-m", "flows")

#: How Python reads and writes texts unless it is told.
LOCALES = {
    "Latin-1 terminal": {"PYTHONIOENCODING": "latin-1"},
    "ASCII terminal": {"PYTHONIOENCODING": "ascii"},
    "Windows terminal": {"PYTHONIOENCODING": "cp1252"},
    "ASCII everywhere": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


def run(*arguments, program=PROGRAM, script=None, **environment):
    """Run the command line, or a shell in whose command "$@" stands for it."""
    command = [*program, *(str(argument) for argument in arguments)]
    if script is not None:
        command = ["sh", "-c", script, "sh", *command]
    return subprocess.run(
        command,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_output_degrades(quick, tmp_path, locale):
    """And files do not: those of one locale are those of another."""
    place = tmp_path / "größe"
    done = run("map", quick, "-o", place, **LOCALES[locale])
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"16 x 16" in done.stdout or "16 × 16".encode("latin-1") in done.stdout
    (place / "map.json").read_bytes().decode("utf-8")
    assert {path.name for path in place.iterdir()} == {"map.json", "map.svg", "map.png"}


@pytest.mark.parametrize("locale", ["Windows terminal", "ASCII everywhere"])
def test_json_stays_json(quick, tmp_path, locale):
    place = tmp_path / "größe"
    place.mkdir()
    done = run("generate", quick, "--empty", "-o", place, "--json", **LOCALES[locale])
    assert done.returncode == 0, done.stderr
    verilog = json.loads(done.stdout)["verilog"]
    assert os.fsencode(verilog) == os.fsencode(place / "tiny.v") or verilog == str(place / "tiny.v")
    assert (place / "tiny.v").read_bytes().isascii()
    (place / "ip" / "README.md").read_bytes().decode("utf-8")


@pytest.mark.parametrize("locale", ["ASCII terminal", "ASCII everywhere"])
def test_mistakes_are_told_in_any_locale(tmp_path, locale):
    done = run("train", tmp_path / "größe.toml", **LOCALES[locale])
    assert done.returncode == 2
    assert done.stderr.startswith(b"bayescim: configuration must be one of ")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", [["schema"], ["--help"], ["map", "tiny", "-o", "{}", "--json"]])
def test_a_full_standard_output(tmp_path, command):
    done = run(*(part.format(tmp_path / "out") for part in command), script='"$@" > /dev/full')
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert done.stderr.startswith(b"bayescim: standard output must have room for what is written, and has none (")


def test_a_full_standard_error():
    """There is nobody to tell, and the exit code still does."""
    done = run("train", "nothing", script='"$@" 2> /dev/full')
    assert (done.returncode, done.stdout) == (2, b"")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream(closed):
    assert run("schema", script=f'"$@" {closed}').returncode == 0
    assert run("train", "nothing", script=f'"$@" {closed}').returncode == 2


def test_no_temporary_files(quick, tmp_path):
    """Every place for them is full or forbidden."""
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"
    code = f"{limit}; from flows.cli import main; sys.argv[0] = 'bayescim'; main()"
    done = run("generate", quick, "--empty", "-o", tmp_path / "out", program=(sys.executable, "-c", code))
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.splitlines()
    assert line.startswith(b"bayescim: ")
    assert b"File too large" in line
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("command", "megabytes"), [("schema", 30), ("train", 300)])
def test_hardly_any_memory(tmp_path, command, megabytes):
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({megabytes} << 20, {megabytes} << 20))"
    arguments = ["tiny", "-o", tmp_path / "out"] if command == "train" else []
    done = run(command, *arguments, program=(sys.executable, "-c", f"{limit}; from flows.cli import main; main()"))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"bayescim: memory must be enough")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("variable", ["HOME", "XDG_CACHE_HOME"])
def test_a_home_that_cannot_be_written(quick, tmp_path, variable):
    """Whoever may write everywhere cannot write there either."""
    told = ("BAYESCIM_CACHE", "XDG_CACHE_HOME", "YOWASP_CACHE_DIR", "MPLCONFIGDIR")
    environment = {name: value for name, value in os.environ.items() if name not in told}
    environment[variable] = "/proc/nobody"
    command = [*PROGRAM, "generate", quick, "--empty", "-o", tmp_path / "out"]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=300)
    assert (done.returncode, done.stdout) == (2, "")
    named = "XDG_CACHE_HOME|BAYESCIM_CACHE" if variable == "XDG_CACHE_HOME" else "BAYESCIM_CACHE"
    (line,) = done.stderr.splitlines()
    assert line.split()[1] in named.split("|")
    assert "must be a directory that can be written, not '/proc/nobody" in line
    assert not (tmp_path / "out").exists()


def test_pictures_where_no_cache_can_be_written(quick, tmp_path):
    environment = {"HOME": "/proc/nobody", "BAYESCIM_CACHE": "/proc/nobody/cache", "MPLCONFIGDIR": "/proc/nobody/mpl"}
    done = run("map", quick, "-o", tmp_path / "out", **environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "out" / "map.svg").exists()


def test_packages_that_are_missing():
    done = run("schema", program=(sys.executable, "-S", "-m", "flows"))
    assert done.returncode == 2
    assert done.stderr.startswith(b"bayescim: packages must be installed whole, and are not (ModuleNotFoundError: ")
    assert len(done.stderr.splitlines()) == 1
