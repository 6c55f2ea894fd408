"""Files, products, console and pictures."""

__all__ = [
    "arguments",
    "console",
    "failure",
    "files",
    "markdown",
    "number_list",
    "page",
    "pictures",
    "products",
    "provenance",
    "record",
    "sections",
    "spread",
    "twin_place",
]
