"""Files, products, console and pictures."""

__all__ = [
    "arguments",
    "bounds",
    "configuration",
    "console",
    "files",
    "interruption",
    "invocation",
    "markdown",
    "memory",
    "number_list",
    "page",
    "pictures",
    "products",
    "provenance",
    "record",
    "sections",
    "spread",
    "streams",
    "twin_place",
    "yosys",
]
