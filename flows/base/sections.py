"""Generated sections of documents."""

import re

from hdl.config import InputError

__all__ = ["replace_section"]


def replace_section(text: str, name: str, content: str) -> str:
    """Replace the text between ``<!-- name: … -->`` and ``<!-- end of name -->``.

    Raises
    ------
    InputError
        There is no such section.
    """
    section = re.compile(rf"(<!-- {name}:[^>]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    if not section.search(text):
        raise InputError(f"document must have a section {name!r} between its two comments")
    return section.sub(lambda match: f"{match[1]}\n{content}\n{match[2]}", text)
