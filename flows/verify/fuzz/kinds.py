"""Kinds of files that are damaged, and the commands that read them."""

import dataclasses
import gzip
import io
import random
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load as load_tensors

from golden.training import seal
from hdl.contract import ArrayFile

from .case import Case
from .damage import damage, damage_text

__all__ = ["KINDS", "Kind", "damaged_case"]

Damage = Callable[[random.Random, bytes], bytes]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Kind:
    """Files of one kind."""

    files: Sequence[str]
    """Patterns of their places in the sandbox."""

    commands: Sequence[str]
    """Commands that read them, each in a few seconds at most where the file is right."""

    damages: Sequence[Damage] = (damage,)
    """Ways to damage one."""


def damaged_case(template: Path, name: str, number: int, seed: int) -> Case:
    """Return the case ``number`` of the kind ``name``: a damaged file, and a command that reads it."""
    rng, kind = random.Random(f"{seed} {name} {number}"), KINDS[name]
    files = sorted(path for pattern in kind.files for path in template.glob(pattern) if path.is_file())
    chosen = rng.choice(files)
    content = None if rng.random() < _DIRECTORIES else rng.choice(kind.damages)(rng, chosen.read_bytes())
    place = str(chosen.relative_to(template))
    return Case(name, number, tuple(rng.choice(kind.commands).split()), {place: content})


#: Share of files in whose place there is a directory.
_DIRECTORIES = 0.01


def _tensors(rng: random.Random, content: bytes) -> bytes:
    """Return a checkpoint with its digest and with another tensor."""
    tensors = load_tensors(content)
    name = rng.choice(sorted(tensors))
    match rng.randrange(4):
        case 0:
            del tensors[name]
        case 1:
            tensors[name] = torch.full((rng.choice((0, 1, 7)),), rng.choice(_VALUES))
        case 2:
            tensors[f"{name}{rng.randrange(10)}"] = tensors[name].clone()
        case _:
            changed = tensors[name].clone().flatten()
            value = rng.choice(_VALUES)
            if len(changed):
                limits = None if changed.is_floating_point() else torch.iinfo(changed.dtype)
                whole = (
                    value
                    if limits is None
                    else int(min(max(value, limits.min), limits.max // 2))
                    if value == value
                    else 0
                )
                changed[rng.randrange(len(changed))] = whole
            tensors[name] = changed.reshape(tensors[name].shape)
    return seal(tensors)


_VALUES = (0.0, -1.0, 1.5, 80.0, 1e12, 1e30, -1e30, 1e-30, float("inf"), float("nan"))


def _arrays(rng: random.Random, content: bytes) -> bytes:
    """Return an npz file with another array."""
    file = ArrayFile(content)
    arrays = {name: file.read(name, most=2**24) for name in sorted(file.names)}
    name = rng.choice(sorted(arrays))
    array = arrays[name]
    match rng.randrange(5):
        case 0:
            del arrays[name]
        case 1:
            arrays[rng.choice(("more", f"{name}0", "x" * 300))] = array
        case 2:
            arrays[name] = array.astype(rng.choice((np.float64, np.uint64, np.int8, np.bool_, "U3")))
        case 3:
            arrays[name] = rng.choice((array[None], array.ravel(), array.ravel()[:1], np.zeros((2, 2, 2))))
        case _:
            changed = array.copy()
            if changed.size:
                changed.flat[rng.randrange(changed.size)] = rng.choice((0, 1, np.iinfo(changed.dtype).max))
            arrays[name] = changed
    made = io.BytesIO()
    np.savez_compressed(made, allow_pickle=False, **arrays)
    return made.getvalue()


def _packed(rng: random.Random, content: bytes) -> bytes:
    """Return a gzip file of damaged contents, or other contents damaged."""
    if content[:2] != b"\x1f\x8b":
        return damage(rng, content)
    return gzip.compress(damage(rng, gzip.decompress(content)), mtime=0)


def _size(rng: random.Random, content: bytes) -> bytes:
    """Return an idx file, or an image, of another size or mode."""
    if content[:2] == b"\0\0":
        place = 4 * rng.randrange(1, 1 + content[3])
        return content[:place] + rng.choice((0, 1, 27, 2**31, 2**32 - 1)).to_bytes(4, "big") + content[place + 4 :]
    if content[:2] == b"\x1f\x8b":
        return gzip.compress(_size(rng, gzip.decompress(content)), mtime=0)
    made = io.BytesIO()
    size = rng.choice(((32, 32), (32, 32), (31, 32), (1, 1), (3000, 2)))
    mode = rng.choice(("1", "L", "LA", "P", "RGB", "RGBA", "I;16"))
    Image.new(mode, size).save(made, format="PNG")
    return made.getvalue()


KINDS: Mapping[str, Kind] = {
    "configuration": Kind(
        files=("tiny.toml", "sampled.toml"),
        commands=(
            "map tiny.toml -o out",
            "map sampled.toml -o out",
            "train tiny.toml -o out",
            "lower tiny.toml -o out --random 1",
            "lower sampled.toml -o out --random 1",
            "report tiny.toml -o products",
        ),
        damages=(damage_text,),
    ),
    "checkpoint": Kind(
        files=("products/tiny.safetensors",),
        commands=("lower tiny.toml -o products", "train tiny.toml -o products"),
        damages=(damage, _tensors),
    ),
    "program": Kind(
        files=("products/tiny.npz",),
        commands=(
            "robustness tiny.toml -o products --chips 2 --inputs 2 --passes 1 --fault bit-flips=0.1",
            "uncertainty tiny.toml -o products --source golden --inputs 2 --passes 1 --ood noise",
        ),
        damages=(damage, _arrays),
    ),
    "product": Kind(
        files=("products/*.json", "products/simulate.npz"),
        commands=(
            "report tiny.toml -o products",
            "synth tiny.toml -o products -t nothing",
            "document products/report.json",
        ),
        damages=(damage_text,),
    ),
    "table": Kind(
        files=("cells.csv",),
        commands=(
            "devices --table cells.csv -o out --chips 1 --samples 4",
            "chips sampled.toml -o sampled --table cells.csv --chips 2 --inputs 2 --ages 86400 --calibration 4",
        ),
        damages=(damage_text,),
    ),
    "constants": Kind(
        files=("constants.toml",),
        # Refused after the constants are read, before anything is measured.
        commands=("compare sampled.toml -o out --constants constants.toml --samples 0",),
        damages=(damage_text,),
    ),
    "data set": Kind(
        files=("fashion/*",),
        commands=("train fashion.toml -o out --data fashion",),
        damages=(damage, _packed, _size),
    ),
    "image": Kind(
        files=("cifar10/*/cat/*", "cifar10/*/dog/*"),
        commands=("train cifar10.toml -o out --data cifar10",),
        damages=(damage, _size),
    ),
    "extension": Kind(
        files=("plugin/pyproject.toml",),
        commands=("--plugin plugin schema", "--plugin plugin map tiny.toml -o out"),
        damages=(damage_text,),
    ),
    "document": Kind(
        files=("sections.txt",),
        commands=("map tiny.toml -o out --document sections.txt",),
        damages=(damage_text,),
    ),
    "network": Kind(
        files=("net.onnx",),
        # Without the package that reads it the line says so.
        commands=("import net.onnx -o out", "import net.onnx -o out --dropout graph"),
        damages=(damage,),
    ),
    "verilog": Kind(
        files=("products/tiny.v",),
        commands=("synth tiny.toml -o products -t gates --verilog products/tiny.v",),
        damages=(damage, damage_text),
    ),
}
