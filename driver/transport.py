"""Interfaces between the driver and a core."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

__all__ = ["Registers", "Transport"]


class Registers(Protocol):
    """Access to the registers of a core.

    Sufficient for everything but :meth:`driver.Driver.run`.
    """

    def read(self, address: int) -> int:
        """Return the 32 bits of the register at byte address ``address``."""
        ...

    def write(self, address: int, value: int) -> None:
        """Set the register at byte address ``address`` to ``value``, 32 bits, and return once it is acknowledged."""
        ...


@runtime_checkable
class Transport(Registers, Protocol):
    """Access to a core's registers and streams."""

    def exchange(self, packets: Sequence[bytes], result_bytes: int, logit_bytes: int) -> tuple[bytes, bytes]:
        """Send inputs and receive the answers.

        Parameters
        ----------
        packets
            One packet of the input stream for each input.
        result_bytes, logit_bytes
            Size of the packets that answer an input on the streams of results and of logits; 0 where the
            stream is off.

        Returns
        -------
        All packets of results, and all packets of logits, concatenated
        """
        ...
