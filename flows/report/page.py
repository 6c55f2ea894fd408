"""Page of tables, pictures and text."""

import base64
import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
from matplotlib.figure import Figure

from hdl.config import CoreConfig

from ..base.pictures import to_svg
from ..base.twin_place import TwinPlace
from ..synthesis.area import area_rows

__all__ = ["Picture", "render"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Picture:
    """Figure with its texts."""

    figure: Figure
    """The drawing."""

    alt: str
    """Alternative text."""

    caption: str
    """Caption."""


def render(numbers: Mapping[str, Any], config: CoreConfig, pictures: Mapping[str, Picture]) -> str:
    """Return the page, self-contained, for the ``numbers`` of ``report.json``."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("flows.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sections = [
        _equivalence(numbers),
        _accuracy(numbers, TwinPlace.of(config)),
        _uncertainty(numbers, pictures),
        _area(numbers, pictures),
        _regression(numbers),
    ]
    return environment.get_template("report.html.j2").render(
        name=config.name,
        description=_description(config),
        cards=_cards(numbers),
        sections=[section for section in sections if section is not None],
        provenance=_provenance(numbers["provenance"]),
    )


def _description(config: CoreConfig) -> str:
    widths = "-".join(str(width) for width in (config.network.inputs, *config.network.hidden, config.network.classes))
    arrays = sum(layer.arrays for layer in config.layers)
    text = (
        f"A Bayesian binary neural network in memory: {widths}, inputs of {config.network.input_bits} bits, "
        f"on {arrays} arrays of {config.array.rows} × {config.array.cols} cells that read "
        f"{config.array.rows_per_read} rows at a time."
    )
    if config.stochastic.realised_p:
        drop = ", ".join(f"{p:.4g}" for p in config.stochastic.realised_p)
        text += f" Method {config.bayes.method}, realised drop probabilities {drop}."
    return text


def _cards(numbers: Mapping[str, Any]) -> list[dict[str, str]]:
    equivalence, accuracy = numbers["equivalence"], numbers["accuracy"]
    different = equivalence["mismatches"] + equivalence["statistics_mismatches"]
    cards = [
        _card(
            f"{accuracy['rtl']:.2%}",
            f"test accuracy of the RTL, {numbers['inputs']:,} images, T = {accuracy['passes']}"
            + (", with random weights: chance" if numbers["random_weights"] else ""),
        ),
        _card(
            f"{different:,}",
            f"of {equivalence['compared'] + equivalence['compared_statistics']:,} values differ between RTL and golden",
            "bad" if different else "good",
        ),
    ]
    if numbers["regression"]:
        failed = sum(each["failed"] for each in numbers["regression"].values())
        tests = sum(each["tests"] for each in numbers["regression"].values())
        simulators = " and ".join(numbers["regression"])
        state = "bad" if failed else "good"
        cards.append(_card(f"{tests - failed} / {tests}", f"testbench runs passed on {simulators}", state))
    cards.append(
        _card(f"{numbers['cycles_per_input']:,.0f}", f"simulated clock cycles per input, T = {numbers['passes']}")
    )
    return cards


def _card(value: str, label: str, state: str = "") -> dict[str, str]:
    return {"value": value, "label": label, "state": state}


def _equivalence(numbers: Mapping[str, Any]) -> dict[str, Any]:
    equivalence = numbers["equivalence"]
    beside = ", and so did the deterministic twin" if numbers["accuracy"].get("deterministic") is not None else ""
    rows = [
        ["logits of every pass", f"{equivalence['compared']:,}", f"{equivalence['mismatches']:,}"],
        [
            "sums, squares, votes, classes",
            f"{equivalence['compared_statistics']:,}",
            f"{equivalence['statistics_mismatches']:,}",
        ],
    ]
    return _section(
        "Equivalence of RTL and golden model",
        f"{numbers['inputs']:,} test images × {numbers['passes']} passes went through the Verilated core and "
        f"through the integer model{beside}. Values are compared bit for bit; there is no tolerance.",
        tables=[_table("RTL simulation beside the integer model", ["value", "compared", "different"], rows)],
    )


def _accuracy(numbers: Mapping[str, Any], place: TwinPlace) -> dict[str, Any]:
    accuracy = numbers["accuracy"]
    names = {
        "rtl": "RTL (simulated)",
        "golden": "golden integer model",
        "float": "float network, same masks",
        "deterministic": "deterministic twin (RTL, simulated)",
    }
    rows = [[label, _percent(accuracy[name])] for name, label in names.items() if name in accuracy]
    agreement = numbers["float_agreement"]
    notes = ["The weights are random integers: this accuracy is chance."] if numbers["random_weights"] else []
    if agreement is not None:
        notes.append(
            f"Float network and RTL give the same class for {agreement['same']:,} of {agreement['inputs']:,} images."
        )
    twin = "The deterministic twin has the same layers, is trained without drawing anything, and needs one pass. "
    return _section(
        "Accuracy",
        f"Class with the largest sum of logits over T = {accuracy['passes']} passes, as the core decides. "
        f"{twin if place.runs else ''}{place.value}",
        tables=[_table(f"Test accuracy, {numbers['inputs']:,} images", ["network", "accuracy"], rows)],
        notes=notes,
    )


def _uncertainty(numbers: Mapping[str, Any], pictures: Mapping[str, Picture]) -> dict[str, Any]:
    rows = [
        [
            name if name == "deterministic" else f"T = {name}",
            _percent(each["accuracy"]),
            *(f"{each[measure]:.4f}" for measure in ("nll", "brier", "ece")),
        ]
        for name, each in numbers["uncertainty"].items()
    ]
    return _section(
        "Uncertainty",
        "Computed from the logits of the RTL. The prediction is the mean of the softmax over the first T passes.",
        tables=[_table("Proper scores and calibration", ["passes", "accuracy", "NLL, nats", "Brier", "ECE"], rows)],
        pictures=[pictures[name] for name in ("reliability", "passes", "uncertainty")],
        notes=["NLL and Brier score are better when smaller; ECE is the expected calibration error in equal bins."],
    )


def _area(numbers: Mapping[str, Any], pictures: Mapping[str, Picture]) -> dict[str, Any] | None:
    if not numbers["area"]:
        return None
    tables = []
    for name, each in numbers["area"].items():
        caption = f"{name}: {each['title']} ({each['yosys']})"
        if each["transistors"] is not None:
            caption += f", about {each['transistors']:,} transistors in logic"
        if each["area"] is not None:
            caption += f", area {each['area']:,.0f}"
        tables.append(_table(caption, ["room", "block", *each["kinds"]], _area_rows(each), folded=True))
    summary = [
        [name, ", ".join(f"{count:,} {kind}" for kind, count in each["kinds"].items())]
        for name, each in numbers["area"].items()
    ]
    return _section(
        "Area",
        "Estimates of synthesis, without placement and routing. The hierarchy is kept, so that every cell has a block.",
        tables=[_table("In all", ["target", "cells"], summary), *tables],
        pictures=[pictures["area"]],
    )


def _area_rows(each: Mapping[str, Any]) -> list[list[str]]:
    rows = [
        [room, block, *(f"{counted.get(kind, 0):,}" for kind in each["kinds"])]
        for room, block, counted in area_rows(each["blocks"])
    ]
    return [*rows, ["in all", "", *(f"{count:,}" for count in each["kinds"].values())]]


def _regression(numbers: Mapping[str, Any]) -> dict[str, Any] | None:
    if numbers["regression"] is None:
        return None
    summary = [
        [name, each["version"], str(each["tests"]), str(each["failed"])] for name, each in numbers["regression"].items()
    ]
    summary += [[name, "skipped", "", ""] for name in numbers["skipped_simulators"]]
    rows = [
        [each["block"], each["simulator"], str(each["tests"]), str(each["failed"]), f"{each['seconds']:.1f}"]
        for each in numbers["regression_results"]
    ]
    blocks = dict.fromkeys(each["block"] for each in numbers["regression_results"])
    return _section(
        "Regression",
        f"Testbenches under cocotb, with expected values from golden, of: {', '.join(blocks)}.",
        tables=[
            _table("Tests", ["simulator", "version", "tests", "failed"], summary),
            _table("By block", ["block", "simulator", "tests", "failed", "seconds"], rows, folded=True),
        ],
        notes=[f"{name} was skipped: {reason}" for name, reason in numbers["skipped_simulators"].items()],
    )


def _provenance(origin: Mapping[str, Any]) -> list[tuple[str, str]]:
    versions = ", ".join(f"{name} {version}" for name, version in origin["versions"].items())
    return [
        ("configuration", f"{origin['config_name']} {origin['config_hash']}"),
        ("training seed", str(origin["seed"])),
        ("Program", origin["program"]),
        ("Verilog", origin["verilog"]),
        ("versions", versions),
    ]


def _section(
    title: str,
    text: str,
    *,
    tables: Sequence[dict[str, Any]],
    pictures: Sequence[Picture] = (),
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    shown = [{"uri": _uri(each.figure), "alt": each.alt, "caption": each.caption} for each in pictures]
    return {"title": title, "texts": [text], "tables": tables, "pictures": shown, "notes": notes}


def _table(
    caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, folded: bool = False
) -> dict[str, Any]:
    return {"caption": caption, "columns": columns, "rows": rows, "folded": folded}


def _uri(figure: Figure) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(to_svg(figure)).decode()


def _percent(value: float | None) -> str:
    return "not run" if value is None else f"{value:.2%}"
