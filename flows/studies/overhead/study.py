"""Cost of the stochastic unit at several sizes."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hdl.config import CoreConfig, InputError

from ...base.bounds import check_choices
from ...base.products import Products
from ...base.provenance import provenance
from ...synthesis.area import rooms_of
from ...synthesis.synth import synth_empty
from ...synthesis.synthesis import Synthesis
from ...synthesis.targets import TARGETS
from ..result_kind import ResultKind
from ..study import Study
from . import show
from .options import OverheadOptions
from .record import OverheadRecord

__all__ = ["STUDY", "resize", "run"]

#: Room of the stochastic unit in the core.
_ROOM = "stochastic"

#: Kinds of cells that are logic; a target has one of them.
_LOGIC = ("LUTs", "gates")
_FLIP_FLOPS = "flip-flops"


def resize(base: CoreConfig, width: int) -> CoreConfig:
    """Return ``base`` with ``width`` neurons in each hidden layer.

    Raises
    ------
    InputError
        The network has convolutions, draws nothing, or cannot have that width.
    """
    if base.network.convolutions:
        raise InputError(f"config must be of a network without convolutions, not {base.name!r}")
    if not base.stochastic.mask_width:
        raise InputError(f"config must draw masks, which method {base.bayes.method!r} does not ({base.name!r})")
    document = base.model_dump()
    document["network"]["hidden"] = [width] * len(base.network.hidden)
    return CoreConfig.from_document(document, base.name)


def run(
    base: CoreConfig,
    directory: Path,
    options: OverheadOptions,
    *,
    on_step: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Synthesize ``base`` at several sizes, and count the cells of its stochastic unit.

    What was synthesized before is not synthesized again. Cores have empty memories: contents change no count.

    Parameters
    ----------
    base
        The core; all its hidden layers get the same width.
    directory
        Where the cores go, a directory for each width.
    options
        Sizes and targets.
    on_step
        Called with the name of each step.

    Raises
    ------
    InputError
        An argument is out of range, or Yosys cannot be used.
    """
    widths, targets = options.widths, options.targets
    check_choices("target", targets, TARGETS)
    configs = [resize(base, width) for width in widths]
    sizes = []
    for width, config in zip(widths, configs, strict=True):
        products = Products.at(config, directory / f"hidden_{width}")

        def tell(target: str, width: int = width) -> None:
            on_step(f"{width} neurons: synthesize for {target}")

        found = synth_empty(products, targets, on_target=tell)
        sizes.append(
            {
                "hidden": list(config.network.hidden),
                "weights": sum(layer.inputs * layer.outputs for layer in config.layers),
                "targets": {target: _cells(found.targets[target]) for target in targets},
            }
        )
    return {
        "provenance": provenance(base),
        "name": base.name,
        "method": base.bayes.method,
        "overhead": sizes,
        "constant": _constant(sizes, targets),
    }


def _cells(target: Synthesis) -> dict[str, dict[str, int]]:
    """Return logic and flip-flops of one target, of the core and of its stochastic unit."""
    counted = {"core": target.kinds, "unit": rooms_of(target.blocks)[_ROOM]}
    return {
        part: {"logic": sum(kinds.get(kind, 0) for kind in _LOGIC), _FLIP_FLOPS: kinds.get(_FLIP_FLOPS, 0)}
        for part, kinds in counted.items()
    }


def _constant(sizes: Sequence[Mapping[str, Any]], targets: Sequence[str]) -> bool:
    first = sizes[0]["targets"]
    return all(size["targets"][target]["unit"] == first[target]["unit"] for size in sizes for target in targets)


STUDY = Study(
    name="overhead",
    record=OverheadRecord,
    run=run,
    title=lambda result: f"Stochastic unit of {result['name']} at several sizes",
    markdown=show.to_markdown,
    tables=show.tables,
    sentences=lambda result: [show.overhead_sentence(result)],
    sections=show.sections,
    document=Path("docs/schemes.md"),
    kind=ResultKind(
        command="overhead",
        record=OverheadRecord,
        member="overhead",
        directory="overhead",
        stem=lambda result: result["name"],
    ),
)
