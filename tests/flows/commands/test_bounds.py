"""Numbers that nobody means, options that would be ignored, and names that are wrong: refused at once, in one line."""

import re
import shlex
import time
from pathlib import Path

import pytest

from flows.base.configuration import unlike
from flows.base.number_list import parse_numbers
from flows.base.products import Products
from hdl.config import CoreConfig, InputError

from ..conftest import TINY

SEEDED = (
    "train",
    "regress",
    "simulate --random-pixels",
    "lower --random",
    "netlist",
    "place",
    "robustness",
    "chips",
    "uncertainty",
)


@pytest.mark.parametrize("command", SEEDED)
@pytest.mark.parametrize("seed", [2**63, 2**64, 10**40, -1])
def test_seeds(refused, tmp_path, quick, command, seed):
    name, *option = command.split()
    line = refused(name, quick, "-o", tmp_path / "output", *(option or ["--seed"]), seed)
    assert re.fullmatch(r"Invalid value for '--[a-z-]+': Input should be (greater|less) than or equal to \d+", line)
    assert not (tmp_path / "output").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ("simulate {tiny} --device pcm", "device must be omitted for 'tiny', which has no macros, not 'pcm'"),
        ("simulate {tiny} --chip 3", "chip must be omitted for 'tiny', which has no macros, not 3"),
        ("simulate {tiny} --random-pixels 1 --inputs 2 --data {here}", "data must be omitted for random pixels, not "),
        ("simulate {tiny} --random-pixels 1", "inputs must be given for random pixels, not be all"),
        ("simulate {tiny} --inputs 99999999999", "inputs must be at most 1000000, not 99999999999"),
        ("simulate {tiny} --workers 1000000000", "workers must be at most 1000, not 1000000000"),
        ("train {tiny} --data {here}", "data directory must be omitted for data.set 'digits', which is not read from"),
        ("chips {tiny} --table {here} --device pcm", "device must be omitted beside a table, not 'pcm'"),
        ("chips {tiny} --max-pulses 3", "max_pulses must be omitted without a tolerance, not 3"),
        ("chips {tiny} --tolerance inf", "tolerance must be between 0 and 1e+06, not inf"),
        ("chips {tiny} --tolerance nan", "tolerance must be between 0 and 1e+06, not nan"),
        ("chips {tiny} --noise-target 1e308", "noise_target must be between 0 and 1e+06, not 1e+308"),
        ("chips {tiny} --horizon -1", "horizon must be between 0 and 1e+09, not -1"),
        ("chips {tiny} --ages 1,nan", "ages must be between 0 and 1e+09, not nan"),
        ("chips {tiny} --chips 1000000000", "chips must be at most 10000, not 1000000000"),
        ("robustness {tiny} --fault additive=1e300", "strengths of additive must be between 0 and 1e+06, not 1e300"),
        ("robustness {tiny} --fault uniform=inf", "strengths of uniform must be between 0 and 1e+06, not inf"),
        ("robustness {tiny} --inputs 99999999999", "inputs must be at most 1000000, not 99999999999"),
        (
            "randomness {tiny} --tested 1000000000000",
            "Invalid value for '--tested': Input should be less than or equal to 16777216",
        ),
        ("randomness {tiny} --passes 17", "passes must be between 1 and 16, not 17"),
        ("overhead {tiny} --hidden 99999999999", "hidden must be between 2 and 65536, not 99999999999"),
        ("fits {tiny} --columns 2,99999999999", "columns must be between 2 and 65536, not 99999999999"),
        ("fits {tiny} --columns 1", "columns must be between 2 and 65536, not 1"),
        ("fits {tiny} --columns 5", "tiny: array.cols must be a multiple of cols_per_read (5), not 16"),
        ("fits {tiny} --columns two", "columns must be numbers with commas between them, not 'two'"),
        ("fits {tiny} --target nope", "target must be one of ice40, "),
        ("overhead {tiny} --target nope", "target must be one of ice40, "),
        ("schemes {tiny} --target nope", "target must be one of ice40, "),
        ("schemes {tiny} --method none --method nope", "method must be one of none, "),
        ("schemes {tiny} --seeds 99999999", "seeds must be at most 1000, not 99999999"),
        ("compare {tiny} --bits 4,17", "bits must be between 2 and 16, not 17"),
        ("compare {tiny} --passes 0", "passes must be between 1 and 16, not 0"),
        ("bench golden {tiny} --inputs 3", "inputs must be omitted for `golden`, not 3"),
        ("bench scale {tiny} --data {here}", "data must be omitted for `scale`, whose images are random, not "),
        (
            "uncertainty {tiny} --ood rotated-400",
            "ood must be rotated-<1 to 359>, shuffled, noise, fashion, cifar10, not",
        ),
        ("uncertainty {tiny} --passes 1,2,99", "passes must be between 1 and 16, not 99"),
        (
            "devices --samples 99999999999",
            "Invalid value for '--samples': Input should be less than or equal to 1000000",
        ),
        ("map {tiny} --document {here}", "document must be a file with sections, not "),
    ],
)
def test_refused_before_any_work(refused, quick, tmp_path, arguments, line):
    begin = time.process_time()
    given = [each.format(tiny=quick, here=tmp_path) for each in arguments.split()]
    output = () if given[0] == "devices" else ("-o", tmp_path / "output")
    assert refused(*given, *output).startswith(line)
    # Loading the libraries takes a part of it where this test is the first.
    assert time.process_time() - begin < 20
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "text", ["", "#" * 1000, "module other(input a);\nendmodule\n", "module tinyx();\nendmodule\n"]
)
def test_verilog_without_the_core(refused, quick, tmp_path, text):
    (tmp_path / "edited.v").write_text(text)
    line = refused("synth", quick, "-o", tmp_path / "output", "-t", "gates", "--verilog", tmp_path / "edited.v")
    assert line == f"verilog must have the module 'tiny', not be without it as '{tmp_path / 'edited.v'}' is"


def test_modules_within_themselves(refused, quick, tmp_path):
    call = "  {} x (\n    .a(a)\n  );\n"
    loop = f"module tiny(a);\n{call.format('b')}endmodule\nmodule b(a);\n{call.format('tiny')}endmodule\n"
    chain = [f"module m{i}(a);\n  m{i + 1} x (\n  );\n  m{i + 1} y (\n  );\nendmodule\n" for i in range(40)]
    bomb = f"module tiny(a);\n{call.format('m0')}endmodule\n{''.join(chain)}module m40(a);\nendmodule\n"
    for text, said in ((loop, "verilog must have no module within itself, not "), (bomb, "verilog must have at most ")):
        (tmp_path / "edited.v").write_text(text)
        line = refused("synth", quick, "-o", tmp_path / "output", "-t", "gates", "--verilog", tmp_path / "edited.v")
        assert line.startswith(said)


@pytest.mark.parametrize("directory", ["with blanks", "plain", "it's"])
def test_command_that_is_suggested(bayescim, refused, tmp_path, directory):
    """It names the file that was given, not the configuration that ships under that name; a shell takes it."""
    place = tmp_path / directory
    place.mkdir()
    (place / "own.toml").write_text(TINY)
    line = refused("generate", place / "own.toml", "-o", place / "products", "--program", place / "none.npz")
    line = refused("regress", place / "own.toml", "-o", place / "products")
    suggested = shlex.split(re.search("run `(.*)` first$", line)[1])
    assert suggested == ["bayescim", "lower", str(place / "own.toml"), "-o", str(place / "products")]
    # It is the right step, and says in turn what comes before it.
    line = refused(*suggested[1:])
    suggested = shlex.split(re.search("run `(.*)` first$", line)[1])
    assert suggested[:3] == ["bayescim", "train", str(place / "own.toml")]
    assert bayescim(*suggested[1:], "--help").code == 0


def test_suggested_for_the_twin_and_for_a_name():
    config = CoreConfig.load("tiny")
    products = Products(config, Path("some where"), source="a b.toml")
    assert shlex.split(products.twin.made_by("lower")) == (
        ["bayescim", "lower", "--deterministic", "a b.toml", "-o", "some where"]
    )
    assert Products(config, Path("x")).made_by("lower") == "bayescim lower tiny -o x"


@pytest.mark.parametrize(
    ("bits", "p", "told"),
    [
        (4, "0.03, 0.125", "random.draw_bits 4 realises the probabilities 0.03, 0.125 as 0, 0.125"),
        (4, "0.5, 0.99", "random.draw_bits 4 realises the probabilities 0.5, 0.99 as 0.5, 0.9375"),
        (2, "0.25, 0.15", "random.draw_bits 2 realises the probabilities 0.25, 0.15 as 0.25, 0.25"),
        (4, "0.125, 0.2", None),
        (4, "0.0, 0.5", None),
        (8, "0.03, 0.125", None),
    ],
)
def test_probabilities_that_are_not_realised(bayescim, tmp_path, bits, p, told):
    text = TINY.replace("p = [0.125, 0.125]", f"p = [{p}]").replace("draw_bits = 4", f"draw_bits = {bits}")
    assert unlike(CoreConfig.parse(text)) == told
    (tmp_path / "own.toml").write_text(text)
    answer = bayescim("lower", tmp_path / "own.toml", "-o", tmp_path, "--random", 1)
    assert answer.code == 0
    assert (f"bayescim: {told}" in answer.err.splitlines()) == (told is not None)


def test_named_configurations_realise_their_probabilities():
    for name in CoreConfig.names():
        assert unlike(CoreConfig.load(name)) is None, name


@pytest.mark.parametrize("text", ["", "1,,2", "x", "1;2", "9" * 5000, "0x10"])
def test_lists_of_numbers(text):
    with pytest.raises(InputError, match=r"^sizes must be numbers with commas between them, not '") as refused:
        parse_numbers("sizes", text, int, lowest=1, highest=9)
    assert len(str(refused.value)) < 200
    with pytest.raises(InputError, match=r"^sizes must be at most 64 numbers, not 65$"):
        parse_numbers("sizes", "1," * 64 + "1", int, lowest=1, highest=9)
    assert parse_numbers("sizes", "3,1,3", int, lowest=1, highest=9) == (1, 3)


def test_help_without_a_command(bayescim):
    answer = bayescim()
    assert (answer.code, answer.err) == (0, "")
    assert "Usage: bayescim" in answer.out


@pytest.mark.parametrize("command", ["schemes", "overhead", "fits"])
def test_default_directories(bayescim, command):
    assert f"build/{command}/<name>" in "".join(bayescim(command, "--help").out.split())
