"""Step from a checkpoint to a Program."""

import dataclasses
import hashlib

import numpy as np

from golden.data import random_program
from golden.training import TrainingState, from_bytes
from golden.training import lower as lower_network
from hdl.contract import Program

from ..base.files import read, write_atomically
from ..base.products import Products

__all__ = ["CHECKPOINT", "load_checkpoint", "lower", "randomize"]

#: Member of a Program's provenance with the digest of the checkpoint that it is from.
CHECKPOINT = "checkpoint"


def load_checkpoint(products: Products) -> TrainingState:
    """Return the state of training that is kept among ``products``.

    Raises
    ------
    InputError
        There is none, it is damaged, or it is for another configuration.
    """
    made_by = products.made_by("train")
    return from_bytes(read(products.checkpoint, made_by), products.config, source=str(products.checkpoint))


def lower(products: Products) -> tuple[Program, TrainingState]:
    """Fold the trained network into integers, write the Program and return it with its training state.

    Raises
    ------
    InputError
        As in :func:`load_checkpoint`.
    """
    state = load_checkpoint(products)
    digest = hashlib.sha256(read(products.checkpoint, products.made_by("train"))).hexdigest()
    program = lower_network(state.network(), provenance={**state.provenance, CHECKPOINT: digest})
    write_atomically(products.program, program.to_bytes())
    return program, state


def randomize(products: Products, seed: int) -> Program:
    """Write a Program of random integers, for use without a trained network, and return it.

    Thresholds and shifts are such that bits toggle in all layers; see :func:`golden.data.random_program`.
    """
    made = random_program(products.config, np.random.default_rng(seed))
    program = dataclasses.replace(made, provenance={**made.provenance, "seed": str(seed)})
    write_atomically(products.program, program.to_bytes())
    return program
