"""What is proved of the blocks, a file per block. The command ``bayescim prove`` runs the proofs.

A proof is a bench in Amaranth: the block with free inputs, assumptions about whoever feeds it, assertions, and covers
that must be reachable. Nothing here becomes hardware.
"""

from collections.abc import Callable, Iterator, Mapping

from . import lfsr
from .bench import Bench
from .proof import Method, Proof

__all__ = ["BLOCKS", "Bench", "Method", "Proof"]

#: How to list the proofs of each block.
BLOCKS: Mapping[str, Callable[[], Iterator[Proof]]] = {
    "lfsr": lfsr.proofs,
}
