r"""Names of what has none in the source."""

import re

import pytest

from cocotb_tests.blocks.configurations import program
from hdl.axi import AxiCore
from hdl.verilog import inline_conditions, name_ports, name_values, to_verilog

RAW = r"""module top(a, b, c, o);
  wire \$1 ;
  wire \$2 ;
  wire [1:0] \$3 ;
  wire \$4 ;
  wire \$5 ;
  wire \$6 ;
  wire \$7 ;
  assign \$1  = a & \final ;
  assign \$2  = ~ c;
  assign \$3  = { a, b } + \$2 ;
  assign \$4  = ~ \$1 ;
  assign \$5  = w == \$3 ;
  assign \$6  = ~ \$5 ;
  assign \$7  = ~ a;
  assign x = \$4 ;
  assign y = 4'h8 - \$6 ;
  assign z = ~ \$6 ;
  \top.part  part (
    .i(\$1 ),
    .o(o)
  );
endmodule
"""

PORTS = r"""module top(o);
  wire [1:0] \$1 ;
  \top.one  one (
    .\port$12$0 (\$1 ),
    .\port$13$0 (o)
  );
endmodule
module \top.one (\port$12$0 , \port$13$0 );
  output [1:0] \port$12$0 ;
  wire [1:0] \port$12$0 ;
  output \port$13$0 ;
  wire \port$13$0 ;
  \top.one.two  two (
    .\port$12$0 (\port$12$0 )
  );
  assign \o__payload.value  = \port$12$0 ;
  assign o__payload = { \port$13$0 , \port$12$0  };
endmodule
module \top.one.two (\port$12$0 );
  output [1:0] \port$12$0 ;
  wire [1:0] \port$12$0 ;
  assign \port$12$0 = 2'h1;
endmodule
"""


def test_conditions_stand_where_they_are_used():
    """Of more bits, or used twice, they stay; an inversion of one bit stays one where four are wanted."""
    text = inline_conditions(RAW)
    found = re.findall(r"^  assign (.*);$", text, re.MULTILINE)
    assert found == [
        r"\$1  = a & \final ",
        r"\$3  = { a, b } + (!c)",
        r"\$6  = ~ (w == \$3 )",
        r"x = !\$1 ",
        r"y = 4'h8 - \$6 ",
        r"z = ~ \$6 ",
    ]
    assert re.findall(r"^  wire .*", text, re.MULTILINE) == [r"  wire \$1 ;", r"  wire [1:0] \$3 ;", r"  wire \$6 ;"]


def test_values_are_counted_in_each_module():
    text = name_values(
        r"module a(x);  assign \$7  = \$9 ;" + "\nendmodule\n" + "module b(value_1);\n"
        r"  assign \$8  = value_1;" + "\nendmodule\n"
    )
    assert "assign value_1 = value_2;" in text
    assert "assign value_2 = value_1;" in text


def test_ports_are_called_like_the_fields_that_they_are():
    text = name_ports(PORTS)
    assert "port$" not in text
    assert r"module \top.one (o__payload__value, o__payload__part);" in text
    assert r"    .o__payload__value(\$1 )," in text
    assert r"    .o__payload__part(o)" in text
    assert r"module \top.one.two (part);" in text
    assert r"    .part(o__payload__value)" in text
    assert "assign o__payload = { o__payload__part, o__payload__value };" in text


@pytest.mark.parametrize(
    "name", ["smallest_prefix", "predictive_smallest", "drawn_smallest", "affine_smallest", "one_pixel", "macro_column"]
)
def test_every_name_is_one_that_a_person_gave(name):
    """Escaped are fields of structures, modules and words of the language; nothing is numbered over the whole core."""
    contents = program(name, 1)
    text = to_verilog(AxiCore(contents.config, contents), "core")
    escaped = set(re.findall(r"\\\S+", text))
    assert [each for each in escaped if "$" in each] == []
    assert [each for each in escaped if not re.fullmatch(r"\\[a-z]\w*(\.\w+)*", each)] == []
    assert not re.search(r"\b_\d+_\b", text)
    # Ports of two instances are told apart by the instances.
    assert "crossbar_0_o__valid" in text
    assert "crossbar_1_o__valid" in text
    # Few values have no name, and they are counted from one in each module.
    assert max(map(int, re.findall(r"\bvalue_(\d+)\b", text))) < 200


def test_the_same_design_in_another_core_has_the_same_names():
    """The inside of an instance does not depend on its surroundings."""
    texts = []
    for name in ("smallest", "padded"):
        contents = program(name, 1)
        text = to_verilog(AxiCore(contents.config, contents), "core")
        texts.append(re.search(r"^module \\core\.bridge .*?^endmodule$", text, re.MULTILINE | re.DOTALL)[0])
    assert texts[0] == texts[1]
