"""One module for many equal instances."""

import re

__all__ = ["share_modules"]

_MODULE = re.compile(
    r"^module (?P<name>\S+?) *\((?P<ports>[^)]*)\);(?P<body>.*?)^endmodule\n", re.MULTILINE | re.DOTALL
)
_INSTANCE = re.compile(r"^(?P<indent> +)(?P<module>\\\S+)(?P<instance> +\S+ \()$", re.MULTILINE)

# Registers that the back end numbers through the whole file; each is local to its block.
_NUMBERED = re.compile(r"\$auto\$verilog_backend\.cc:\d+:dump_module\$\d+")


def share_modules(verilog: str) -> str:
    """Replace modules that are the same but for their names by the first of them.

    Amaranth makes a module for every instance. Where a hundred arrays are the same, whoever reads
    the Verilog, a person, a simulator or a synthesizer, should have to do it once.

    Parameters
    ----------
    verilog
        Text from Amaranth's back end; the module that is not instantiated stays as it is.
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

        # Whoever instantiates modules that have become one may then be the same as well.
        verilog = _INSTANCE.sub(instantiate, _MODULE.sub(keep, verilog))
        if not shared:
            return verilog
