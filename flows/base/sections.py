"""Generated sections of documents."""

import re
from pathlib import Path

from hdl.config import InputError, read_text

__all__ = ["read_document", "replace_section"]


def read_document(path: Path) -> str:
    """Return the text of a document.

    Raises
    ------
    InputError
        It cannot be read, or is not text.
    """
    try:
        return read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not text"
        raise InputError(f"document must be a file with sections, not {str(path)!r} ({reason})") from None


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
