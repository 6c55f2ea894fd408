"""What sharing does, for people."""

from collections.abc import Sequence

from rich.table import Table

from ...base.console import table
from ..randomness.show import EFFECTS, effect_row, markdown
from .study import Sharing

__all__ = ["sharing_tables", "to_markdown"]


def sharing_tables(found: Sequence[Sharing]) -> list[Table]:
    """Return everything but the deviations as a table."""
    return [table("Draws shared among columns, means", _columns(), _rows(found, shown=False))]


def to_markdown(found: Sequence[Sharing], *, inputs: int, passes: int, repeats: int, correlated: int) -> str:
    """Return everything as a section of a document."""
    return (
        f"{inputs:,} test images, T = {passes}, mean ± standard deviation over {repeats} repetitions. Correlation: "
        f"root mean square over all pairs\nof outputs of each layer, in {correlated:,} passes with the same input "
        f"bits; independent ones have {1 / (correlated - 1) ** 0.5:.3f}. AUROC of the predictive\nentropy: test images "
        "against the same turned by a quarter, and against uniform noise.\n\n"
        f"{markdown(_columns(), _rows(found, shown=True))}"
    )


def _columns() -> list[str]:
    return ["drawn in each", "generators", "registers", "correlation, layer by layer", *EFFECTS[1:]]


def _rows(found: Sequence[Sharing], *, shown: bool) -> list[list[str]]:
    return [
        [
            each.sampling,
            "independent" if each.generators is None else str(each.generators),
            "—" if each.registers is None else f"{each.registers:,}",
            ", ".join(f"{value:.3f}" for value in each.correlations),
            *effect_row(each.effect, shown=shown)[1:],
        ]
        for each in found
    ]
