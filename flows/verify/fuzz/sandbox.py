"""Directory with a file of every kind, for commands to work on."""

import gzip
import shutil
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from golden.data import CLASSES
from hdl.config import CoreConfig

from .workers import Worker

__all__ = ["fill_sandbox"]

#: Constants of the comparison, as they ship.
_CONSTANTS = Path(__file__).parents[2] / "studies" / "comparison" / "constants.toml"

#: Network of 24-9-7-5 with random weights, dropout and inputs of 8 bits, as an exporter writes it.
_NETWORK = Path(__file__).parent / "network.onnx"

_SIDE = 28

_TABLE = """target_uS,seconds,mean_uS,programming_deviation_uS,read_deviation_uS
0,20,0.1,0.05,0.02
0,86400,0.1,0.06,0.03
0,2592000,0.1,0.06,0.03
25,20,25.0,1.0,0.2
25,86400,24.0,1.1,0.3
25,2592000,23.0,1.2,0.4
"""

_PLUGIN = """[project]
name = "own"
version = "1.0"

[project.entry-points."bayescim.devices"]
"""

_SECTIONS = ("map tiny", "gates", "proofs", "mutants", "randomness tiny", "sharing sampled", "timing tiny ecp5")

#: Commands that make the products, each in a second or two.
_STEPS: Sequence[Sequence[str]] = (
    ("train", "tiny.toml", "-o", "products"),
    ("lower", "tiny.toml", "-o", "products"),
    ("generate", "tiny.toml", "-o", "products"),
    ("map", "tiny.toml", "-o", "products"),
    ("lower", "sampled.toml", "-o", "sampled", "--random", "1"),
)

_SIMULATION: Sequence[Sequence[str]] = (
    ("simulate", "tiny.toml", "-o", "products", "--inputs", "4"),
    ("report", "tiny.toml", "-o", "products"),
)


def fill_sandbox(directory: Path, *, simulated: bool = False) -> None:
    """Fill ``directory`` with configurations, data sets, products and all else that commands read.

    Parameters
    ----------
    directory
        Where they go.
    simulated
        Whether there are products of a simulation, which takes a compiler and half a minute.

    Raises
    ------
    RuntimeError
        A command that has to work does not.
    """
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in _configurations().items():
        (directory / f"{name}.toml").write_text(text, encoding="utf-8")
    (directory / "cells.csv").write_text(_TABLE, encoding="utf-8")
    (directory / "sections.txt").write_text(
        "".join(f"<!-- {name}: written -->\n\n<!-- end of {name} -->\n" for name in _SECTIONS), encoding="utf-8"
    )
    shutil.copyfile(_CONSTANTS, directory / "constants.toml")
    shutil.copyfile(_NETWORK, directory / "net.onnx")
    (directory / "plugin").mkdir()
    (directory / "plugin" / "pyproject.toml").write_text(_PLUGIN, encoding="utf-8")
    _write_fashion(directory / "fashion")
    _write_cifar10(directory / "cifar10")
    with Worker() as worker:
        for arguments in (*_STEPS, *(_SIMULATION if simulated else ())):
            outcome = worker.run(arguments, directory, limit=120)
            if outcome.code != 0:
                raise RuntimeError(f"{' '.join(arguments)} ended with {outcome.code}: {outcome.err}")


def _configurations() -> dict[str, str]:
    """Return small configurations as TOML."""
    tiny = CoreConfig.load("tiny").model_dump(mode="json", exclude_none=True)
    tiny["training"] |= {"epochs": 1}
    tiny["bayes"] |= {"passes": 2}
    sampled = tiny | {"name": "sampled", "bayes": {"method": "sampled-weights", "passes": 2, "weight_bits": 4}}
    fashion = tiny | {"name": "fashion", "data": {"set": "fashion", "pool": 7}}
    cifar10 = tiny | {"name": "cifar10", "data": {"set": "cifar10", "pool": 16}}
    cifar10["network"] = tiny["network"] | {"inputs": 12}
    every = {"tiny": tiny, "sampled": sampled, "fashion": fashion, "cifar10": cifar10}
    return {name: _to_toml(document) for name, document in every.items()}


def _to_toml(document: dict[str, object]) -> str:
    plain = [f"{key} = {_value(value)}" for key, value in document.items() if not isinstance(value, dict)]
    for name, section in document.items():
        if isinstance(section, dict):
            plain += ["", f"[{name}]", *(f"{key} = {_value(value)}" for key, value in section.items())]
    return "\n".join(plain) + "\n"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _write_fashion(directory: Path) -> None:
    """Write Fashion-MNIST with a few random images, two of its files compressed."""
    directory.mkdir()
    rng = np.random.default_rng(0)
    for part, count in (("train", 20), ("t10k", 8)):
        images = rng.integers(0, 256, (count, _SIDE, _SIDE), dtype=np.uint8)
        (directory / f"{part}-images-idx3-ubyte").write_bytes(_idx(images))
        labels = np.arange(count, dtype=np.uint8) % len(CLASSES)
        (directory / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(_idx(labels), mtime=0))


def _idx(array: npt.NDArray[np.uint8]) -> bytes:
    return struct.pack(f">I{array.ndim}I", 0x0800 | array.ndim, *array.shape) + array.tobytes()


def _write_cifar10(directory: Path) -> None:
    """Write CIFAR-10 with two images of each class, of every mode that is read."""
    rng = np.random.default_rng(0)
    for part in ("train", "test"):
        for label, name in enumerate(CLASSES):
            folder = directory / part / name
            folder.mkdir(parents=True)
            for number in range(2):
                image = Image.fromarray(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8))
                mode = ("RGB", "L", "P", "1")[(label + number) % 4]
                suffix = "jpg" if mode == "RGB" and number else "png"
                image.convert(mode).save(folder / f"{number:04}.{suffix}")
