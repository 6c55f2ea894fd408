"""Internals of a block, by name."""

from typing import Any

from amaranth import Const, Signal, Value
from amaranth.hdl import Fragment, MemoryInstance

__all__ = ["Internals"]


class Internals:
    """Signals and memories of an elaborated block.

    An induction needs invariants of the state of a block, which ports do not show. Claims themselves are about ports.

    Parameters
    ----------
    fragment : :class:`Fragment`
        Elaborated block.
    """

    def __init__(self, fragment: Fragment):
        self._fragment = fragment

    def __getitem__(self, submodule: str) -> "Internals":
        """Return the internals of a submodule."""
        return Internals(self._fragment.find_subfragment(submodule))

    def signal(self, name: str) -> Signal:
        """Return the signal ``name`` that the block drives.

        Raises
        ------
        KeyError
            There is none, or more than one.
        """
        found = self.named(name)
        if len(found) != 1:
            raise KeyError(f"a block under proof must drive one signal {name!r}, not {len(found)}")
        return found[0]

    def named(self, name: str) -> list[Signal]:
        """Return all signals ``name`` that the block drives, ports of its submodules among them."""
        # Amaranth has no public access to the inside of a fragment except for its state machines.
        driven = [
            signal
            for statements in self._fragment.statements.values()
            for signal in statements._lhs_signals()
            if signal.name == name
        ]
        return list({id(signal): signal for signal in driven}.values())

    def signals(self, name: str) -> list[Signal]:
        """Return the signals ``name_0``, ``name_1`` and so on that the block drives; there is at least the first."""
        found = [self.signal(f"{name}_0")]
        while True:
            try:
                found.append(self.signal(f"{name}_{len(found)}"))
            except KeyError:
                return found

    def in_state(self, state: str, machine: str = "fsm") -> Value:
        """Return whether the state machine is in ``state``."""
        generated: Any = self._fragment.find_generated(machine)
        return generated.state == generated.encoding[state]

    def word(self, memory: str, address: Value) -> Signal:
        """Return the present word of the memory ``memory`` at ``address``, through a port that no hardware has."""
        instance = self._memory(memory)
        word = Signal(len(instance._write_ports[0]._data), name=f"{memory}_word")
        instance.read_port(domain="comb", addr=address, data=word, en=Const(1, 1), transparent_for=())
        return word

    def last_read(self, memory: str) -> Value:
        """Return the present output of the first read port of the memory ``memory``."""
        data: Value = self._memory(memory)._read_ports[0]._data
        return data

    def _memory(self, memory: str) -> MemoryInstance:
        instance = self._fragment.find_subfragment(memory)
        if not isinstance(instance, MemoryInstance):
            raise KeyError(f"{memory!r} must be a memory, not {type(instance).__name__}")
        return instance
