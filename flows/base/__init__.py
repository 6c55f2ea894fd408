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
    "pictures",
    "products",
    "provenance",
    "sections",
    "spread",
    "streams",
    "twin_place",
]
