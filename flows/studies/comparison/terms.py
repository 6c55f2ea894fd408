"""Terms of area, energy and time.

A term is a count times constants; a figure of a core is a sum of terms.
"""

import dataclasses
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

__all__ = ["Component", "Core", "Cost", "Term", "cost"]

#: Values of the constants by name, each a number or an array of numbers.
Values = Mapping[str, Any]

#: 1 / MHz in ns.
_MHZ_NS = 1e3

#: nW × ns in fJ.
_NANOWATT_NS = 1e-3


@dataclasses.dataclass(frozen=True)
class Term:
    """A count times constants."""

    count: float
    """The count: cells, bits that are read, clock cycles."""

    times: tuple[str, ...]
    """Constants that it is multiplied by."""

    by: tuple[str, ...] = ()
    """Constants that it is divided by."""

    def value(self, values: Values) -> Any:
        """Return the product."""
        return self.count * math.prod(values[name] for name in self.times) / math.prod(values[name] for name in self.by)


@dataclasses.dataclass(frozen=True)
class Component:
    """Part of a core with one purpose."""

    name: str
    """The purpose."""

    area: tuple[Term, ...] = ()
    """Area, in µm²."""

    energy: tuple[Term, ...] = ()
    """Energy of switching and reading in one inference, in fJ."""

    power: tuple[Term, ...] = ()
    """Power while nothing switches, in nW."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Core:
    """A core and one inference, without constants."""

    components: tuple[Component, ...]
    """Everything that it consists of."""

    operations: int
    """Multiplications and additions of an inference: 2 for each weight, vector and pass, whatever the bits of an
    input."""

    cycles: float
    """Clock cycles for an inference, inferences following one another."""

    latency_cycles: float
    """Clock cycles of an inference alone."""

    reads: tuple[Term, ...] = ()
    """Time, in ns, that the slowest layer's arrays need for an inference where a read takes longer than a cycle."""

    read: tuple[Term, ...] = ()
    """Time of one such read, in ns."""

    loading: tuple[Term, ...] = ()
    """Energy of writing all weights once, in fJ."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cost:
    """Area, energy and time of a core.

    Each is a number or an array, as the constants are.
    """

    area: Mapping[str, Any]
    """Area by component, in µm²."""

    energy: Mapping[str, Any]
    """Energy of an inference by component, in fJ; leakage is one of them."""

    time: Any
    """Time that each further inference takes, in ns."""

    latency: Any
    """Time of an inference alone, in ns, at most."""

    operations: int
    """Operations of an inference."""

    loading: Any
    """Energy of writing all weights once, in fJ."""

    @property
    def total_area(self) -> Any:
        """Area, in mm²."""
        return sum(self.area.values()) * 1e-6

    @property
    def total_energy(self) -> Any:
        """Energy of an inference, in nJ."""
        return sum(self.energy.values()) * 1e-6

    @property
    def gops(self) -> Any:
        """Operations per time, in GOPS."""
        return self.operations / self.time

    @property
    def efficiency(self) -> Any:
        """Operations per energy, in GOPS/W."""
        return self.operations / self.total_energy

    @property
    def density(self) -> Any:
        """Operations per energy and area, in GOPS/W/mm²."""
        return self.efficiency / self.total_area


def cost(core: Core, values: Values) -> Cost:
    """Return the cost of ``core`` with these constants."""
    period = _MHZ_NS / values["logic.clock"]
    read = np.maximum(_sum(core.read, values), period)
    time = np.maximum(core.cycles * period, _sum(core.reads, values))
    power = sum(_sum(component.power, values) for component in core.components)
    return Cost(
        area={component.name: _sum(component.area, values) for component in core.components if component.area},
        energy={
            **{component.name: _sum(component.energy, values) for component in core.components if component.energy},
            "leakage": power * time * _NANOWATT_NS,
        },
        time=time,
        latency=core.latency_cycles * read,
        operations=core.operations,
        loading=_sum(core.loading, values),
    )


def _sum(terms: Iterable[Term], values: Values) -> Any:
    return sum(term.value(values) for term in terms)
