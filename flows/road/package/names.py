"""Names of a core in other languages."""

__all__ = ["prefixed", "vhdl_identifier"]

#: Reserved words of VHDL-2019, without those of PSL, and names that a declaration of ports needs itself.
_VHDL_WORDS = """
abs access after alias all and architecture array assert assume attribute begin block body buffer bus case component
configuration constant context cover default disconnect downto else elsif end entity exit fairness file for force
function generate generic group guarded if impure in inertial inout is label library linkage literal loop map mod nand
new next nor not null of on open or others out package parameter port postponed private procedure process property
protected pure range record register reject release rem report restrict return rol ror select sequence severity shared
signal sla sll sra srl strong subtype then to transport type unaffected units until use variable view vmode vpkg vprop
vunit wait when while with xnor xor
ieee std std_logic std_logic_1164 std_logic_vector work
"""


def prefixed(name: str) -> str:
    """Return the name of a core with the prefix of all of its names in C and C++, which have none like it."""
    return f"bcim_{name}"


def vhdl_identifier(name: str) -> str:
    """Return a name in VHDL: an extended identifier where no other is allowed."""
    plain = name not in _VHDL_WORDS.split() and "__" not in name and not name.endswith("_")
    return name if plain else f"\\{name}\\"
