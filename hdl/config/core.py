"""Parameters of a core.

This module imports neither torch nor Amaranth, so that every package may use it.
"""

import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError, model_validator

from .consistency import check_consistency
from .core_sections import CoreSections
from .document import check_document, parse_toml, read_text
from .errors import InputError
from .extensions import add_plugin
from .refusal import first_line

__all__ = ["CoreConfig"]

_NAMED = Path(__file__).parent / "named"

#: What no Program depends on.
_NO_PART_OF_A_PROGRAM: Mapping[str, Any] = {
    "training": True,
    "hardware": True,
    "array": {"cols_per_read", "column_folding"},
}


class CoreConfig(CoreSections):
    """Geometry and choices of one core.

    Its sections are consistent. It holds nothing that training finds.
    """

    @model_validator(mode="after")
    def _check_across_sections(self) -> Self:
        check_consistency(self)
        return self

    @classmethod
    def add_plugin(cls, folder: Path) -> None:
        """Make the extensions in ``folder`` available to configurations (docs/extending.md).

        Raises
        ------
        InputError
            It is not a folder with extensions, or one of them cannot be used.
        """
        add_plugin(folder)
        cls.model_rebuild(force=True)

    @classmethod
    def parse(cls, text: str, source: str = "configuration") -> Self:
        """Read TOML ``text``; ``source`` is named in the :class:`InputError` of a bad one."""
        try:
            document = parse_toml(text)
        except InputError as error:
            raise InputError(f"{source}: {error}") from None
        return cls.from_document(document, source)

    @classmethod
    def from_document(cls, document: Mapping[str, Any], source: str = "configuration") -> Self:
        """Return the configuration of a parsed document, which nobody has checked.

        ``source`` is named in the :class:`InputError` of a bad one.
        """
        try:
            check_document(document)
            return cls.model_validate(document)
        except ValidationError as error:
            raise InputError(f"{source}: {first_line(error)}") from None
        except InputError as error:
            raise InputError(f"{source}: {error}") from None

    @classmethod
    def load(cls, config: str | Path) -> Self:
        """Read the named configuration, or the TOML file, ``config``.

        Raises
        ------
        InputError
            There is neither such a name nor such a file, or it does not hold a valid configuration.
        """
        if str(config) in cls.names():
            return cls.parse(read_text(_NAMED / f"{config}.toml"), str(config))
        try:
            return cls.parse(read_text(Path(config)), str(config))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not text"
            raise InputError(
                f"configuration must be one of {', '.join(cls.names())} or a TOML file, not {str(config)!r} ({reason})"
            ) from None

    @staticmethod
    def names() -> tuple[str, ...]:
        """Return the named configurations."""
        return tuple(sorted(path.stem for path in _NAMED.glob("*.toml")))

    @functools.cached_property
    def hash(self) -> str:
        """SHA-256, in hexadecimal, of everything that a Program depends on.

        That is all but the sections `training` and `hardware`, and the columns sensed at a time.
        """
        return self._digest(exclude=_NO_PART_OF_A_PROGRAM)

    @functools.cached_property
    def circuit_hash(self) -> str:
        """SHA-256, in hexadecimal, of everything that the core depends on, which is all but `training`."""
        return self._digest(exclude={"training": True})

    def _digest(self, *, exclude: Mapping[str, Any]) -> str:
        content = self.model_dump(mode="json", exclude=exclude)
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
