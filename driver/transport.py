"""What the driver needs of the way to a core."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

__all__ = ["Registers", "Transport"]


class Registers(Protocol):
    """A way to the registers of a core; enough for everything but :meth:`driver.Driver.run`."""

    def read(self, address: int) -> int:
        """Return the 32 bits of the register at byte address ``address``."""
        ...

    def write(self, address: int, value: int) -> None:
        """Set the register at byte address ``address`` to ``value``, 32 bits, and return when it was answered."""
        ...


@runtime_checkable
class Transport(Registers, Protocol):
    """A way to the registers and the streams of a core."""

    def exchange(self, packets: Sequence[bytes], result_bytes: int, logit_bytes: int) -> tuple[bytes, bytes]:
        """Send inputs and take what comes out.

        Parameters
        ----------
        packets
            One packet of the input stream for each input.
        result_bytes, logit_bytes
            Size of the packets that answer an input on the stream of results and on that of logits; 0 where the
            stream is off.

        Returns
        -------
        All packets of results, and all packets of logits, one after the other
        """
        ...
