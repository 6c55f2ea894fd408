"""Result of the study of sharing."""

from ...base.provenance import Provenance
from ...base.record import Count, Record
from .sharing import Sharing

__all__ = ["SharingRecord"]


class SharingRecord(Record):
    """Contents of ``sharing.json``."""

    provenance: Provenance
    """Configuration, versions and the Program."""

    inputs: Count
    """Test inputs."""

    passes: Count
    """Monte-Carlo passes T."""

    repeats: Count
    """Repetitions."""

    correlated: Count
    """Passes of the correlations."""

    ways: tuple[Sharing, ...]
    """Ways to draw the weights."""
