"""Files, products, console and pictures."""

__all__ = [
    "arguments",
    "cache",
    "console",
    "failure",
    "files",
    "markdown",
    "number_list",
    "pictures",
    "products",
    "provenance",
    "sections",
    "spread",
    "twin_place",
    "yosys",
]
