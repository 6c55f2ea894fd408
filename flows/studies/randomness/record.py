"""Result of the study of randomness."""

from golden.randomness import BitTest
from hdl.config import SelfTestConfig

from ...base.provenance import Provenance
from ...base.record import Count, Record
from ..effect import Effect

__all__ = ["RandomnessRecord", "SourceQuality"]


class SourceQuality(Record):
    """:class:`~flows.studies.randomness.quality.Quality` with its verdicts."""

    source: str
    """Name of the source."""

    period: int | None
    """Period in draws."""

    draws: Count
    """Draws that were tested."""

    tests: tuple[BitTest, ...]
    """Tests."""

    alarm: str | None
    """First alarm of the self-test."""

    alarm_draw: int | None
    """Draw that raised it."""

    repeats: bool
    """Whether the source had come to the end of its period."""

    passed: bool
    """Whether all tests are passed."""


class RandomnessRecord(Record):
    """Contents of ``randomness.json``."""

    provenance: Provenance
    """Configuration, versions and the Program."""

    inputs: Count
    """Test inputs."""

    passes: Count
    """Monte-Carlo passes T."""

    tested: Count
    """Passes of the tests."""

    repeats: Count
    """Repetitions."""

    qualities: tuple[SourceQuality, ...]
    """Tests of each source."""

    effects: tuple[Effect, ...]
    """Effect of each source on the network."""

    self_test: SelfTestConfig
    """Limits of the self-test."""

    watched_units: Count
    """Stochastic units that it watches."""
