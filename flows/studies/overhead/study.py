"""What the stochastic unit of a core costs at several sizes of the model."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hdl.config import CoreConfig, InputError

from ...base.files import read_json, to_json, write_atomically
from ...base.products import Products
from ...base.provenance import provenance
from ...road.generate import generate
from ...synthesis.synth import synth_missing
from ...synthesis.targets import TARGETS

__all__ = ["COLUMNS", "measure_overhead", "overhead_markdown", "overhead_rows", "overhead_sentence", "resize"]

#: Columns of the table: logic, LUTs or gates, and flip-flops of the core and of its stochastic unit.
COLUMNS = ("hidden layers", "weights", "target", "core: logic", "flip-flops", "unit: logic", "flip-flops", "share")

#: Block of :data:`flows.synthesis.area.BLOCKS` that draws.
_UNIT = "stochastic unit"

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


def measure_overhead(
    base: CoreConfig,
    directory: Path,
    *,
    widths: Sequence[int],
    targets: Sequence[str],
    on_step: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Synthesize ``base`` at each of ``widths`` and write what its stochastic unit takes to ``overhead.json``.

    What was synthesized before is not synthesized again. Cores have empty memories: contents change no count.

    Parameters
    ----------
    base
        The core; all its hidden layers get the same width.
    directory
        Where everything goes, a directory for each width.
    widths
        Neurons of a hidden layer.
    targets
        Targets of synthesis.
    on_step
        Called with what is being done.

    Raises
    ------
    InputError
        An argument is out of range, or Yosys cannot be used.
    """
    for target in targets:
        if target not in TARGETS:
            raise InputError(f"target must be one of {', '.join(TARGETS)}, not {target!r}")
    configs = [resize(base, width) for width in widths]
    sizes = []
    for width, config in zip(widths, configs, strict=True):
        products = Products.at(config, directory / f"hidden_{width}")
        if not _generated(products):
            generate(products, empty=True)

        def tell(target: str, width: int = width) -> None:
            on_step(f"{width} neurons: synthesize for {target}")

        found = synth_missing(products, targets, on_target=tell)
        sizes.append(
            {
                "hidden": list(config.network.hidden),
                "weights": sum(layer.inputs * layer.outputs for layer in config.layers),
                "targets": {target: _cells(found["targets"][target]) for target in targets},
            }
        )
    result = {
        "provenance": provenance(base),
        "name": base.name,
        "method": base.bayes.method,
        "overhead": sizes,
        "constant": _constant(sizes, targets),
    }
    write_atomically(directory / "overhead.json", to_json(result).encode())
    return result


def overhead_rows(result: Mapping[str, Any]) -> list[list[str]]:
    """Return a row for each size and target, in the order of :data:`COLUMNS`."""
    return [
        [
            "-".join(map(str, size["hidden"])),
            f"{size['weights']:,}",
            target,
            *(f"{cells[part][kind]:,}" for part in ("core", "unit") for kind in ("logic", "flip-flops")),
            f"{sum(cells['unit'].values()) / sum(cells['core'].values()):.3%}",
        ]
        for size in result["overhead"]
        for target, cells in size["targets"].items()
    ]


def overhead_sentence(result: Mapping[str, Any]) -> str:
    """Return whether the unit is the same at every size."""
    verdict = (
        "takes the same cells at every size" if result["constant"] else "does NOT take the same cells at every size"
    )
    return f"{result['name']}, {result['method']}: the stochastic unit {verdict}."


def overhead_markdown(result: Mapping[str, Any]) -> str:
    """Return sentence and table as Markdown."""
    rows = [COLUMNS, ["---"] * len(COLUMNS), *overhead_rows(result)]
    return "\n".join([overhead_sentence(result), "", *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def _generated(products: Products) -> bool:
    """Return whether the core that is there is that of the configuration."""
    if not products.metadata.exists():
        return False
    made: object = read_json(products.metadata, "bayescim overhead")["provenance"]
    return made == provenance(products.config)


def _cells(target: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return logic and flip-flops of one target, of the core and of its stochastic unit."""
    counted = {"core": target["kinds"], "unit": target["blocks"][_UNIT]}
    return {
        part: {"logic": sum(kinds.get(kind, 0) for kind in _LOGIC), _FLIP_FLOPS: kinds.get(_FLIP_FLOPS, 0)}
        for part, kinds in counted.items()
    }


def _constant(sizes: Sequence[Mapping[str, Any]], targets: Sequence[str]) -> bool:
    first = sizes[0]["targets"]
    return all(size["targets"][target]["unit"] == first[target]["unit"] for size in sizes for target in targets)
