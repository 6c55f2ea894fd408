"""Options of the study of masks."""

import dataclasses
from pathlib import Path


@dataclasses.dataclass(frozen=True, kw_only=True)
class MasksOptions:
    """Inputs, and where the data set is."""

    inputs: int = 200
    """Test inputs, at most."""

    data: Path | None = None
    """Directory of the data set, where it does not ship with a package."""
