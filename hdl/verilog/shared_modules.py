"""Modules elaborated once and instantiated many times."""

from collections.abc import Hashable, Iterator

from amaranth import ClockSignal, Instance, ResetSignal
from amaranth.lib import wiring

__all__ = ["SharedModules"]


class SharedModules:
    """Platform that elaborates equal components once.

    The cost of generating a core then grows with the number of different components.

    Amaranth elaborates each instance, bit by bit. A component whose Verilog depends on ``key`` only may instead return
    :meth:`instance` from its ``elaborate``: the first one becomes a module of its own. Each has a clock and a reset.

    Parameters
    ----------
    prefix
        Prefix of the names of the modules.
    """

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self._modules: dict[Hashable, tuple[str, wiring.Component]] = {}
        self._whole: wiring.Component | None = None

    def shares(self, component: wiring.Component) -> bool:
        """Return whether ``component`` should be an instance, and is not itself being elaborated as a module."""
        return component is not self._whole

    def instance(self, component: wiring.Component, name: str, key: Hashable) -> Instance:
        """Return an instance of the module for ``key``; ``component`` becomes that module if it is the first.

        Parameters
        ----------
        component
            The component whose ports are connected.
        name
            Name of the kind of component.
        key
            Everything that its Verilog depends on.
        """
        module, _ = self._modules.setdefault((name, key), (f"{name}_{len(self._modules)}", component))
        ports: dict[str, object] = {"i_clk": ClockSignal(), "i_rst": ResetSignal()}
        for path, member, value in component.signature.flatten(component):
            direction = "i" if member.flow is wiring.In else "o"
            ports[f"{direction}_{'__'.join(map(str, path))}"] = value
        return Instance(f"{self._prefix}{module}", **ports)

    def modules(self) -> Iterator[tuple[str, wiring.Component]]:
        """Yield name and component of each requested module, also those requested while iterating."""
        done = 0
        while done < len(self._modules):
            name, component = list(self._modules.values())[done]
            done += 1
            self._whole = component
            yield f"{self._prefix}{name}", component
        self._whole = None
