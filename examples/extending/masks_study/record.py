"""Result of the study of masks."""

from flows.base.provenance import Provenance
from flows.base.record import Count, Record, Share


class Dropped(Record):
    """Masks with one number of dropped bits."""

    bits: Count
    """Dropped bits."""

    accuracy: tuple[Share, ...]
    """Accuracy under each of the masks."""


class MasksRecord(Record):
    """Contents of ``masks.json``."""

    provenance: Provenance
    """Configuration, versions and the Program."""

    inputs: Count
    """Test inputs."""

    bits: Count
    """Bits of a mask."""

    dropped: tuple[Dropped, ...]
    """Masks by the number of dropped bits."""
