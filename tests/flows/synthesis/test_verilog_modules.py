import numpy as np
import pytest

from flows.synthesis.verilog_modules import Design
from golden.data import random_program
from hdl.config import CoreConfig
from hdl.core import Core
from hdl.verilog import to_verilog

LEAF = """module \\top.{name} (a, b);
  reg \\$auto$verilog_backend.cc:2355:dump_module${serial}  = 0;
  input a;
  wire a;
  output b;
  wire b;
  assign b = {expression};
endmodule

"""
TOP = """module top(a, x, y);
  input a;
  output x, y;
  \\top.one  one (
    .a(a),
    .b(x)
  );
  \\top.two  two (
    .a(a),
    .b(y)
  );
endmodule

"""


def leaf(name, serial, expression):
    return LEAF.format(name=name, serial=serial, expression=expression)


def test_equal_modules_are_written_once():
    design = Design(TOP + leaf("one", 2, "~a") + leaf("two", 3, "~a"), "top")
    assert design.modules == ("top", "top.one")
    assert design.verilog.count("endmodule") == 2
    assert [(".".join(each.path), each.module) for each in design.instances()] == [
        ("", "top"),
        ("one", "top.one"),
        ("two", "top.one"),
    ]


def test_modules_that_differ_stay():
    design = Design(TOP + leaf("one", 2, "~a") + leaf("two", 3, "a"), "top")
    assert [each.module for each in design.instances()] == ["top", "top.one", "top.two"]


def test_text_of_somebody_else_is_kept():
    text = "`timescale 1ns/1ps\nmodule top (input a, output b); assign b = a; endmodule\n"
    design = Design(text, "top")
    assert design.verilog == text
    assert [each.path for each in design.instances()] == [()]


@pytest.mark.parametrize("name", ["tiny", "digits"])
def test_contents_are_no_difference(name):
    config = CoreConfig.load(name)
    empty = Design(to_verilog(Core(config), name), name)
    full = Design(to_verilog(Core(config, random_program(config, np.random.default_rng(0))), name), name)
    # Arrays without contents are modules of their own from the start, and have other names.
    assert sorted(each.path for each in full.instances()) == sorted(each.path for each in empty.instances())
    assert len(full.modules) == len(empty.modules)
    paths = [each.path for each in full.instances()]
    arrays = [path for path in paths if len(path) == len(("crossbar", "array")) and path[1].startswith("array_")]
    assert len(arrays) == sum(layer.arrays for layer in config.layers)
    assert "initial begin\n    line_" not in full.verilog


def test_names_of_somebody_else_are_not_shared():
    text = "module top(a);\n  one one (\n  );\n  two two (\n  );\nendmodule\n"
    text += "module one(a);\nendmodule\nmodule two(a);\nendmodule\n"
    assert Design(text, "top").verilog == text
    assert [each.path for each in Design(text, "top").instances()] == [(), ("one",), ("two",)]
