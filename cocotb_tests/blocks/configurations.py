"""Configurations of testbenches, and Programs for them."""

import functools

import numpy as np

from golden.data import random_config, random_program
from hdl.config import CoreConfig
from hdl.config.geometries import geometry
from hdl.contract import Program

__all__ = ["configuration", "program"]

#: Bayesian method of the configurations that change with the seed, and the prefix of their seed.
_RANDOM = {"random": ("scale-dropout", 2), "deterministic": ("none", 3)}


@functools.cache
def configuration(name: str, seed: int) -> CoreConfig:
    """Return the configuration ``name`` of the catalogue, or a random one, with masks or `deterministic`."""
    if name not in _RANDOM:
        return geometry(name)
    method, word = _RANDOM[name]
    return random_config(np.random.default_rng([seed, word]), bayes={"method": method})


@functools.cache
def program(name: str, seed: int) -> Program:
    """Return a random Program for the configuration ``name``."""
    return random_program(configuration(name, seed), np.random.default_rng([seed, len(name)]))
