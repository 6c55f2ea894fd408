"""Table of trained networks in examples/trained/README.md."""

from collections.abc import Mapping
from pathlib import Path

from hdl.config import CoreConfig

from ..base import markdown
from ..base.files import read_json
from ..studies.page import Page

__all__ = ["TRAINED"]

#: Where a checkout keeps them: a directory each, with the Program and what `train` and `simulate` wrote beside it.
_DIRECTORY = Path("examples/trained")

_COLUMNS = (
    "network",
    "weights",
    "epochs, seed",
    "correct, RTL",
    "images × passes in RTL",
    "RTL against golden",
    "cycles per image",
)


def _sections(root: Path) -> Mapping[str, str]:
    rows = []
    for directory in sorted(path.parent for path in (root / _DIRECTORY).glob("*/simulate.json")):
        training = read_json(directory / "training.json", f"bayescim train {directory.name}")
        simulated = read_json(directory / "simulate.json", f"bayescim simulate {directory.name}")
        equivalence = simulated["equivalence"]
        weights = sum(layer.inputs * layer.outputs for layer in CoreConfig.load(directory.name).layers)
        rows.append(
            [
                f"`{directory.name}`",
                f"{weights:,}",
                f"{len(training['losses'])}, {training['seed']}",
                f"{simulated['correct'] / simulated['inputs']:.2%}",
                f"{simulated['inputs']:,} × {simulated['passes']}",
                f"{equivalence['mismatches']:,} of {equivalence['compared']:,} logits differ",
                f"{simulated['cycles_per_input']:,.0f}",
            ]
        )
    return {"trained": markdown.table(_COLUMNS, rows)}


TRAINED = Page(path=_DIRECTORY / "README.md", sections=_sections)
