r"""Processes in a form that every generation of Verilog runs alike.

Amaranth's back end computes what a register takes in an ``always @*``, and has that run at the start by
``reg event = 0``: in Verilog-2005 an event, in SystemVerilog none, so that what depends on nothing else is unknown for
ever.
"""

import re
from collections import Counter

from .text import each_module

__all__ = ["clock_processes", "start_processes"]

_END = "endmodule\n"
_ESCAPED = re.compile(r"\\\S+")

#: Register whose initial value is meant to be an event, and the statement that waits for it.
_EVENT = re.compile(r"^  reg (\\\$auto\$verilog_backend\S+)  = 0;\n", re.MULTILINE)
_WAIT = re.compile(r"^    if \(\\\$auto\$verilog_backend\S+ \) begin end\n", re.MULTILINE)

#: An assignment to a part of a variable whose other parts have processes; it waits for what it reads only.
_PART = re.compile(r"^  always @\*\n    (?P<assignment>[^;\n]+;)\n", re.MULTILINE)

#: Name of that register here, and what makes it one.
_START = "at_start"
_NAME = re.compile(rf"\b{_START}(?:_(\d+))?\b")

_COMMENT = "  // Has every `always @*` run once, also where nothing that it reads ever changes.\n"

#: A register that takes a value without a name at each edge of a clock.
_TAKEN = re.compile(
    r"^  always @\(posedge (?P<clock>\\\S+ |\w+)\)\n    (?P<register>\\\S+|\w+) +<= (?P<value>\\\$\d+) ;\n",
    re.MULTILINE,
)
_COMPUTED = re.compile(
    r"^  always @\* begin\n    if \(\\\$auto\$verilog_backend\S+ \) begin end\n"
    r"(?P<body>    (?P<value>\\\$\d+)  = .*?)^  end\n",
    re.MULTILINE | re.DOTALL,
)


def clock_processes(text: str) -> str:
    r"""Return Verilog in which a register is assigned where its clock is.

    Of ``always @* begin \$1 = x; … \$1 = y; end always @(posedge clk) x <= \$1;`` this makes
    ``always @(posedge clk) begin … x <= y; end``, where nothing else reads the value without a name.
    """
    return each_module(text, _clocked)


def start_processes(text: str) -> str:
    """Return Verilog whose ``always @*`` run once at the start, by an event that is one in every generation.

    The ``initial`` statement is the last of its module: simulators that take processes in their order then have all of
    them waiting.
    """
    return each_module(text, _started)


def _clocked(module: str) -> str:
    uses = Counter(_ESCAPED.findall(module))
    registers = {match["value"]: match for match in _TAKEN.finditer(module)}
    computed = {match["value"]: match for match in _COMPUTED.finditer(module)}
    moved: dict[str, str] = {}
    for value in registers.keys() & computed.keys():
        register, clock, body = registers[value]["register"], registers[value]["clock"], computed[value]["body"]
        assignment = re.compile(rf"^( +){re.escape(value)} (?: ?\[[\d:]+\])? =(?= )", re.MULTILINE)
        # Declared once, taken once, and otherwise only assigned.
        if uses[value] != 2 + len(assignment.findall(body)):
            continue
        name = f"{register} " if register.startswith("\\") else register
        body = body.removeprefix(f"    {value}  = {name};\n")
        body = assignment.sub(
            lambda match, name=name, value=value: match[0].replace(f"{value} ", name)[:-1] + "<=", body
        )
        if body:
            moved[value] = f"  always @(posedge {clock}) begin\n{body}  end\n"
    if not moved:
        return module
    module = _COMPUTED.sub(lambda match: "" if match["value"] in moved else match[0], module)
    module = _TAKEN.sub(lambda match: moved.get(match["value"], match[0]), module)
    declaration = re.compile(r"^  reg (?:\[[\d:]+\] )?(\\\$\d+) ;\n", re.MULTILINE)
    return declaration.sub(lambda match: "" if match[1] in moved else match[0], module)


def _started(module: str) -> str:
    taken = [int(match[1] or 1) for match in _NAME.finditer(module)]
    name = f"{_START}_{max(taken) + 1}" if taken else _START
    wait = f"    if ({name}) begin end\n"
    module, waiting = _WAIT.subn(wait, _EVENT.sub("", module))
    module, parts = _PART.subn(rf"  always @* begin\n{wait}    \g<assignment>\n  end\n", module)
    if not waiting + parts:
        return module
    declared, rest = module.split(";\n", 1)
    return f"{declared};\n  reg {name};\n{rest.removesuffix(_END)}{_COMMENT}  initial {name} = 1'h0;\n{_END}"
