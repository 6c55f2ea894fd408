"""Design whose signals have names in each module."""

from collections.abc import Iterator

from amaranth.hdl import Fragment, Signal, Value
from amaranth.hdl._ir import Design, PortDirection
from amaranth.lib import memory, wiring

from .text import free_name

__all__ = ["named_design"]


def named_design(component: wiring.Component, name: str, platform: object) -> Design:
    """Return ``component`` elaborated as a module ``name``, with readable names in each module.

    A port of an instance is called like the port within the instance, and like instance and port around it. Amaranth
    by itself calls it the same on both sides, so that the second of two gets a number.
    """
    ports = {
        "__".join(map(str, path)): (signal, PortDirection.Input if inward else PortDirection.Output)
        for path, signal, inward in _ports(component)
    }
    design = Fragment.get(component, platform).prepare(ports=ports, hierarchy=(name,))
    outer = {id(signal): port for port, signal, _ in design.ports if signal.name == port}
    for fragment, info in design.fragments.items():
        known = outer if fragment is design.fragment else {}
        # Ports of the whole keep their names.
        taken = {port for port, _, _ in design.ports} if known else set[str]()
        instances = []
        # Instances before other signals, so that paths in Verilog are those of the source.
        for index, (inner, instance, _) in enumerate(fragment.subfragments):
            instances.append((inner, free_name(instance or f"part_{index}", taken)))
            design.fragments[inner].name = (*info.name, instances[-1][1])
        # The first of several names of a net is that of the module's port.
        wanted = [
            *((signal, signal.name) for signal in _within(fragment)),
            *((signal, each) for inner, instance in instances for signal, each in _around(inner, instance)),
            *((signal, signal.name) for signal in info.signal_names),
        ]
        used = {id(signal) for signal in info.signal_names}
        names: dict[int, tuple[Signal, str]] = {}
        for signal, each in wanted:
            if id(signal) in used and id(signal) not in names:
                names[id(signal)] = (signal, known.get(id(signal)) or free_name(each.lstrip("$"), taken))
        info.signal_names.clear()
        info.signal_names.update(names.values())
    return design


def _ports(component: wiring.Component) -> Iterator[tuple[tuple[str | int, ...], Signal, bool]]:
    """Yield path, signal and whether it is an input, of each port."""
    for path, member, value in component.signature.flatten(component):
        yield path, Value.cast(value), member.flow is wiring.In


def _within(fragment: Fragment) -> Iterator[Signal]:
    """Yield the signals of the ports of the components that ``fragment`` was made of."""
    for origin in fragment.origins or ():
        if isinstance(origin, wiring.Component):
            yield from (signal for _, signal, _ in _ports(origin))


def _around(fragment: Fragment, instance: str) -> Iterator[tuple[Signal, str]]:
    """Yield the same with their names in the module that has ``fragment``, and the ports of a memory."""
    for origin in fragment.origins or ():
        if not isinstance(origin, wiring.Component):
            continue
        for path, signal, _ in _ports(origin):
            yield signal, "_".join((instance, "__".join(map(str, path))))
        if isinstance(origin, memory.Memory):
            for kind, ports in (("read", origin.read_ports), ("write", origin.write_ports)):
                for port in ports:
                    for path, _, value in port.signature.flatten(port):
                        if isinstance(signal := Value.cast(value), Signal):
                            yield signal, "_".join((instance, kind, *map(str, path)))
