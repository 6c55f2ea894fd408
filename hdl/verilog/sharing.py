"""Merging of equal modules."""

import re

__all__ = ["share_modules"]

_MODULE = re.compile(
    r"^module (?P<name>\S+?) *\((?P<ports>[^)]*)\);(?P<body>.*?)^endmodule\n", re.MULTILINE | re.DOTALL
)
_INSTANCE = re.compile(r"^(?P<indent> +)(?P<module>\\\S+)(?P<instance> +\S+ \()$", re.MULTILINE)

# Registers that the back end numbers through the whole file; each is local to its block.
_NUMBERED = re.compile(r"\$auto\$verilog_backend\.cc:\d+:dump_module\$\d+")


def share_modules(verilog: str) -> str:
    """Replace modules that differ only in their names by the first of them.

    Amaranth makes a module for every instance. Where a hundred arrays are the same, readers of the Verilog
    (people, simulators, synthesizers) should process them once.

    Parameters
    ----------
    verilog
        Text from Amaranth's back end; the module that is not instantiated is unchanged.
    """
    while True:
        first: dict[tuple[frozenset[str], str], str] = {}
        shared: dict[str, str] = {}

        def keep(match: re.Match[str], first: dict = first, shared: dict = shared) -> str:
            # Connections are by name, so the order of the ports does not matter.
            ports = frozenset(match["ports"].split(", "))
            name = first.setdefault((ports, _NUMBERED.sub("", match["body"])), match["name"])
            if name == match["name"]:
                return match[0]
            shared[match["name"]] = name
            return ""

        def instantiate(match: re.Match[str], shared: dict = shared) -> str:
            return f"{match['indent']}{shared.get(match['module'], match['module'])}{match['instance']}"

        # Modules that instantiate merged modules may now be equal as well.
        verilog = _INSTANCE.sub(instantiate, _MODULE.sub(keep, verilog))
        if not shared:
            return verilog
