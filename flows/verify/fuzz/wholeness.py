"""Whether a product is whole."""

import xml.etree.ElementTree
from pathlib import Path

import pydantic_core

from golden.training import from_bytes
from hdl.config import InputError
from hdl.contract import ArrayFile

__all__ = ["is_whole"]

_PNG, _PNG_END = b"\x89PNG", b"IEND\xaeB`\x82"


def is_whole(path: Path) -> bool:
    """Return whether the file ``path``, whose suffix tells its kind, was written to its end."""
    content = path.read_bytes()
    try:
        match path.suffix:
            case ".json":
                pydantic_core.from_json(content)
            case ".npz":
                file = ArrayFile(content)
                for name in file.names:
                    file.read(name, most=2**30)
            case ".safetensors":
                from_bytes(content)
            case ".svg":
                # A picture of ours, just written.
                xml.etree.ElementTree.fromstring(content)  # noqa: S314
            case ".png":
                return content.startswith(_PNG) and content.endswith(_PNG_END)
            case ".html":
                return content.rstrip().endswith(b"</html>")
            case ".v":
                return content.rstrip().endswith((b"endmodule", b"*/"))
            case ".md" | ".toml":
                content.decode()
    except (ValueError, InputError, xml.etree.ElementTree.ParseError):
        return False
    return True
