"""Rows of tables of effects."""

from collections.abc import Mapping
from typing import Any

from ..base.spread import Spread

__all__ = ["EFFECTS", "effect_row"]

#: Columns of effects.
EFFECTS = ("source", "accuracy", "NLL", "ECE", "AUROC, rotated", "AUROC, noise")

_MEMBERS = ("accuracy", "nll", "ece", "auroc_rotated", "auroc_noise")


def effect_row(effect: Mapping[str, Any], *, shown: bool) -> list[str]:
    """Return an effect as a row of :data:`EFFECTS`, with deviations where they are to be ``shown``.

    ``effect`` is a :class:`flows.studies.effect.Effect` as JSON has it.
    """
    measured = [effect[member] for member in _MEMBERS]
    return [effect["source"], *("—" if each is None else _spread(Spread.kept(each), shown=shown) for each in measured)]


def _spread(spread: Spread, *, shown: bool) -> str:
    return format(spread if shown else spread.mean, ".4f")
