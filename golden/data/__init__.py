"""Data sets, out-of-distribution sets and synthetic networks."""

from .cifar10 import CLASSES
from .data import DATA_VARIABLE, Dataset, comes_with_package, load
from .idx import read_idx
from .ood import check_name, default_names, foreign_names, image_shape, make_ood
from .synthetic import is_random, random_config, random_program

__all__ = [
    "CLASSES",
    "DATA_VARIABLE",
    "Dataset",
    "check_name",
    "comes_with_package",
    "default_names",
    "foreign_names",
    "image_shape",
    "is_random",
    "load",
    "make_ood",
    "random_config",
    "random_program",
    "read_idx",
]
