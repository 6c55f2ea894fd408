r"""Values without a name in the source.

Amaranth's back end calls them ``\$1``, ``\port$1249$0`` and ``_0_``, and has a wire for each operator.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from .text import MODULE, each_module, free_name

__all__ = ["inline_conditions", "name_ports", "name_values"]

_HEADER = re.compile(r"^module (\S+?) *\(")

_NUMBERED = re.compile(r"\\\$\S+(?= )")
_PORT = re.compile(r"\\port\$\d+\$\d+(?= )")
_INSTANCE = re.compile(r"  (\\\S+|\w+) +(?:\\\S+|\w+) +\(\n")
_READ = re.compile(r"^ +(?P<register>_\d+_) <= (?P<memory>\w+|\\\S+ )\[", re.MULTILINE)
_READ_REGISTER = re.compile(r"\b_\d+_\b")
_IDENTIFIER = re.compile(r"\\\S+|[A-Za-z_]\w*")

#: A signal that is a port, or has one in it.
_ALIAS = re.compile(
    r"^  assign (?P<name>[A-Za-z]\w*|\\[A-Za-z]\S* ) += (?:(?P<port>\\port\$\d+\$\d+) |(?P<rest>[^;\n]+));\n",
    re.MULTILINE,
)

#: Names of values, and of ports that are part of a signal that has no name for this part.
_VALUE = "value"
_PART = "part"

_ASSIGN = re.compile(r"^  assign (?P<value>\\\$\S+)  = (?P<expression>[^;\n]+);\n", re.MULTILINE)
_BIT = re.compile(r"^  wire (?P<value>\\\$\S+) ;\n", re.MULTILINE)
_DECLARED = re.compile(r"^  (?:wire|reg) (?:signed )?(?:\[[\d:]+\] )?(?P<value>\\\$\S+) ;\n")
_OPERAND = r"(?:[^()&|^<>=?!~+*/-]+|\$signed\([^()]*\)|\((?P<{0}>.*)\))"
#: An operator with a result of one bit, which means the same wherever it stands.
_CONDITION = re.compile(
    rf"(?:[~!|&^] {_OPERAND.format('only')}"
    rf"|{_OPERAND.format('left')} (?:[&|^]|==|!=|[<>]=?) {_OPERAND.format('right')})"
)

#: A use of a value, with what decides whether parentheses are needed.
_USE = re.compile(r"(?P<before>\(|= )?(?P<value>\\\$\S+)(?P<space> +)(?P<after>[);])?")

_INVERTED = re.compile(r"!\\?[\w$.]+ ?(?:\[[\d:]+\])?")
_BINARY = re.compile(r"[\w\]})] +[&|^] $")

#: Longest condition that is written where it is used.
_LONGEST = 80


def inline_conditions(text: str) -> str:
    r"""Return Verilog with a condition in the place of its only use, and without values that have none.

    Of ``assign \$1 = a & b; … if (\$1 )`` this makes ``if (a & b)``. Only results of one bit move: their operands have
    the same widths there, and the result is extended with zeros as the wire was.
    """
    return each_module(text, _inlined)


def name_values(text: str) -> str:
    r"""Return Verilog with ``value_1`` for ``\$8``, counted in each module, and a memory's name for what it read."""
    return each_module(text, _named)


def name_ports(text: str) -> str:
    r"""Return Verilog with a port ``\port$1249$0`` called like the field of a structure that it is.

    Where there is none it is a part of a signal.
    """
    names = {_header(module[0]): _port_names(module[0]) for module in MODULE.finditer(text)}
    return each_module(text, lambda module: "".join(_with_ports(module, names)))


def _header(module: str) -> str:
    found = _HEADER.match(module)
    return found[1] if found else ""


def _inlined(module: str) -> str:
    uses = Counter(_NUMBERED.findall(module))
    bits = {match["value"] for match in _BIT.finditer(module)}
    lines = module.splitlines(keepends=True)
    place: dict[str, int] = {}
    for index, line in enumerate(lines):
        for value in _NUMBERED.findall(line):
            # Of a value that is used once the last line but that of its assignment is the one that uses it.
            if not line.startswith(("  wire", "  reg", f"  assign {value}  =")):
                place[value] = index
    found: dict[str, str] = {}
    dropped: set[int | str] = set()
    for index, line in enumerate(lines):
        if match := _ASSIGN.match(line):
            value, expression = match["value"], _with_conditions(match["expression"], found)
            lines[index] = f"  assign {value}  = {expression};\n"
            used = place.get(value)
            if used is None:
                dropped |= {index, value}
            elif (
                # Declared, assigned and used; an assignment that stands before has been written.
                uses[value] == len(("declared", "assigned", "used"))
                and value in bits
                and (used > index or not lines[used].startswith("  assign"))
                and not lines[used].startswith("    .")
                and f"{value} [" not in lines[used]
                and len(expression) <= _LONGEST
                and _CONDITION.fullmatch(expression.strip())
            ):
                found[value] = _condition(_ended(expression))
                dropped |= {index, value}
    rest = []
    for index, line in enumerate(lines):
        declared = _DECLARED.match(line)
        if index in dropped or (declared and declared["value"] in dropped):
            continue
        rest.append(line if line.startswith("  assign \\$") else _with_conditions(line, found))
    return "".join(rest)


def _ended(expression: str) -> str:
    """Return ``expression`` without the space around it but for the one that ends an escaped name."""
    expression = expression.strip()
    return f"{expression} " if re.search(r"\\\S+$", expression) else expression


def _condition(expression: str) -> str:
    """Return an inversion as one of a condition, which has one bit also where more are wanted."""
    return f"!{expression[1:].lstrip()}" if expression.startswith(("~", "!")) else expression


def _with_conditions(text: str, found: Mapping[str, str]) -> str:
    return _USE.sub(lambda match: _placed(match, found), text)


def _placed(match: re.Match[str], found: Mapping[str, str]) -> str:
    """Return a use of a value with its expression, in parentheses unless it stands alone."""
    expression = found.get(match["value"])
    if expression is None:
        return match[0]
    space = match["space"][1:]
    if match["before"] == "(" and match["after"] == ")":
        return f"({expression})"
    whole = match["before"] == "= " and match["after"] == ";" and not re.search(r"[<>=]", expression)
    # An operator with one operand takes no other operator without parentheses.
    inverted = _INVERTED.fullmatch(expression) and (
        match["before"] or _BINARY.search(match.string[: match.start()][-_LONGEST:])
    )
    if whole or inverted:
        return f"{match['before'] or ''}{expression}{space}{match['after'] or ''}"
    return f"{match['before'] or ''}({expression}){space}{match['after'] or ''}"


def _named(module: str) -> str:
    taken = set(_IDENTIFIER.findall(module))
    words: dict[str, str] = {}
    for match in _READ.finditer(module):
        memory = match["memory"].strip()
        words.setdefault(match["register"], free_name(f"{memory}_word", taken))
    if words:
        module = _READ_REGISTER.sub(lambda match: _spaced(words.get(match[0], match[0])), module)
    values: dict[str, str] = {}
    for match in _NUMBERED.finditer(module):
        values.setdefault(match[0], "")
    # In the order of their assignments, which is that of the source.
    order = dict.fromkeys([*(match["value"] for match in _ASSIGN.finditer(module)), *values])
    index = 0
    for value in order:
        index += 1
        while f"{_VALUE}_{index}" in taken:
            index += 1
        values[value] = f"{_VALUE}_{index}"
    return re.sub(r"(\\\$\S+) ( ?)", lambda match: values[match[1]] + match[2], module) if values else module


def _port_names(module: str) -> dict[str, str]:
    """Return the names of the ports of one module that have none."""
    head = module[: module.index(";")]
    found = dict.fromkeys(_PORT.findall(head))
    taken = set(_IDENTIFIER.findall(module))
    whole: dict[str, str] = {}
    partly: dict[str, str] = {}
    for match in _ALIAS.finditer(module):
        name = match["name"].removeprefix("\\").strip().replace(".", "__")
        if match["port"]:
            whole.setdefault(match["port"], name)
        for port in _PORT.findall(match["rest"] or ""):
            partly.setdefault(port, f"{name}__{_PART}")
    return {port: free_name(whole.get(port) or partly.get(port, _PART), taken) for port in found}


def _with_ports(module: str, names: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Yield the lines of a module with its own ports, and those of its instances, by their names."""
    own = names[_header(module)]
    inner: Mapping[str, str] = {}
    for line in module.splitlines(keepends=True):
        if match := _INSTANCE.match(line):
            inner = names.get(match[1], {})
        elif line == "  );\n":
            inner = {}
        if match := re.match(r"    \.(\\port\$\d+\$\d+) \(", line):
            line = f"    .{inner.get(match[1], match[1] + ' ')}({line[match.end() :]}"
        yield re.sub(r"(\\port\$\d+\$\d+) ", lambda match: own.get(match[1], match[0]), line)


def _spaced(name: str) -> str:
    return f"{name} " if name.startswith("\\") else name
