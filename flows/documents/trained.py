"""Table of trained networks in examples/trained/README.md."""

from collections.abc import Mapping
from pathlib import Path

from hdl.config import CoreConfig, InputError

from ..base import markdown
from ..base.products import Products
from ..base.provenance import check_provenance
from ..road.simulation_record import SimulationRecord
from ..road.training_record import TrainingRecord
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
        products = Products(CoreConfig.load(directory.name), directory)
        config, trained, made_by = products.config, products.made_by("train"), products.made_by("simulate")
        training = TrainingRecord.read(products.training, trained)
        simulated = SimulationRecord.read(products.simulation, made_by)
        check_provenance(products.training, training.provenance, config, f"run `{trained}` again")
        check_provenance(products.simulation, simulated.provenance, config, f"run `{made_by}` again")
        if simulated.correct is None:
            raise InputError(f"{products.simulation} must be of a data set, not of random pixels: run `{made_by}`")
        equivalence = simulated.equivalence
        weights = sum(layer.inputs * layer.outputs for layer in config.layers)
        rows.append(
            [
                f"`{directory.name}`",
                f"{weights:,}",
                f"{len(training.losses)}, {training.seed}",
                f"{simulated.correct / simulated.inputs:.2%}",
                f"{simulated.inputs:,} × {simulated.passes}",
                f"{equivalence.mismatches:,} of {equivalence.compared:,} logits differ",
                f"{simulated.cycles_per_input:,.0f}",
            ]
        )
    return {"trained": markdown.table(_COLUMNS, rows)}


TRAINED = Page(path=_DIRECTORY / "README.md", sections=_sections)
