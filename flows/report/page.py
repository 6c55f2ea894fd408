"""Page of the report."""

from collections.abc import Mapping, Sequence

from hdl.config import CoreConfig

from ..base.page import Card, Page, Picture, Section, Table
from ..base.provenance import Provenance
from ..base.twin_place import TwinPlace
from ..synthesis.area import area_rows
from .report_record import ReportRecord, TargetArea

__all__ = ["render"]

#: Measures of a table of uncertainty besides the accuracy.
_MEASURES = ("nll", "brier", "ece")


def render(
    numbers: ReportRecord, config: CoreConfig, pictures: Mapping[str, Picture], further: Sequence[Section] = ()
) -> str:
    """Return the page, self-contained, for the ``numbers`` of ``report.json``, with ``further`` sections."""
    sections = [
        _equivalence(numbers),
        _accuracy(numbers, TwinPlace.of(config)),
        _uncertainty(numbers, pictures),
        *further,
        *_area(numbers, pictures),
        *_regression(numbers),
    ]
    return Page(
        title=config.name,
        lead=_description(config),
        cards=_cards(numbers),
        sections=sections,
        provenance=_provenance(numbers.provenance),
        source=(
            "The same numbers are beside this page as JSON: report.json, and those of a study in a file of its name. "
            "Every picture is there as SVG and PNG."
        ),
    ).to_html()


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


def _cards(numbers: ReportRecord) -> list[Card]:
    equivalence, passes = numbers.equivalence, f"T = {numbers.passes}"
    different = equivalence.mismatches + equivalence.statistics_mismatches
    cards = [
        # All of one number of passes: the accuracy is that of the run whose cycles and differences are counted.
        Card(
            value=f"{numbers.correct / numbers.inputs:.2%}",
            label=f"test accuracy of the RTL, {numbers.inputs:,} images, {passes}"
            + (", with random weights: chance" if numbers.random_weights else ""),
        ),
        Card(
            value=f"{different:,}",
            label=f"of {equivalence.compared + equivalence.compared_statistics:,} values differ between RTL and golden",
            state="bad" if different else "good",
        ),
    ]
    if numbers.regression:
        failed = sum(each.failed for each in numbers.regression.values())
        tests = sum(each.tests for each in numbers.regression.values())
        simulators = " and ".join(numbers.regression)
        state = "bad" if failed else "good"
        cards.append(
            Card(value=f"{tests - failed} / {tests}", label=f"testbench runs passed on {simulators}", state=state)
        )
    cards.append(
        Card(value=f"{numbers.cycles_per_input:,.0f}", label=f"simulated clock cycles per input, {passes}"),
    )
    return cards


def _equivalence(numbers: ReportRecord) -> Section:
    equivalence = numbers.equivalence
    beside = ", and so did the deterministic twin" if numbers.accuracy.deterministic is not None else ""
    rows = [
        ["logits of every pass", f"{equivalence.compared:,}", f"{equivalence.mismatches:,}"],
        [
            "sums, squares, votes, classes",
            f"{equivalence.compared_statistics:,}",
            f"{equivalence.statistics_mismatches:,}",
        ],
    ]
    return Section(
        title="Equivalence of RTL and golden model",
        texts=[
            f"{numbers.inputs:,} test images × {numbers.passes} passes went through the Verilated core and "
            f"through the integer model{beside}. Values are compared bit for bit; there is no tolerance."
        ],
        tables=[
            Table(
                caption="RTL simulation beside the integer model",
                columns=["value", "compared", "different"],
                rows=rows,
            )
        ],
    )


def _accuracy(numbers: ReportRecord, place: TwinPlace) -> Section:
    accuracy = numbers.accuracy
    rows = [
        ["RTL (simulated)", _percent(accuracy.rtl)],
        ["golden integer model", _percent(accuracy.golden)],
        ["float network, same masks", _percent(accuracy.floating)],
    ]
    if numbers.twin:
        rows.append(["deterministic twin (RTL, simulated)", _percent(accuracy.deterministic)])
    agreement = numbers.float_agreement
    notes = ["The weights are random integers: this accuracy is chance."] if numbers.random_weights else []
    if agreement is not None:
        notes.append(
            f"Float network and RTL give the same class for {agreement.same:,} of {agreement.inputs:,} images."
        )
    twin = "The deterministic twin has the same layers, is trained without drawing anything, and needs one pass. "
    return Section(
        title="Accuracy",
        texts=[
            f"Class with the largest sum of logits over T = {accuracy.passes} passes, as the core decides. "
            f"{twin if place.runs else ''}{place.value}"
        ],
        tables=[
            Table(
                caption=f"Test accuracy, {numbers.inputs:,} images, T = {accuracy.passes}",
                columns=["network", "accuracy"],
                rows=rows,
            )
        ],
        notes=notes,
    )


def _uncertainty(numbers: ReportRecord, pictures: Mapping[str, Picture]) -> Section:
    rows = [
        [
            name if name == "deterministic" else f"T = {name}",
            _percent(each.accuracy),
            *(f"{getattr(each, measure):.4f}" for measure in _MEASURES),
        ]
        for name, each in numbers.uncertainty.items()
    ]
    return Section(
        title="Calibration",
        texts=[
            "Computed from the logits of the RTL. The prediction is the mean of the softmax over the first T passes."
        ],
        tables=[
            Table(
                caption="Proper scores and calibration",
                columns=["passes", "accuracy", "NLL, nats", "Brier", "ECE"],
                rows=rows,
            )
        ],
        pictures=[pictures[name] for name in ("reliability", "accuracy", "nll", "uncertainty")],
        notes=["NLL and Brier score are better when smaller; ECE is the expected calibration error in equal bins."],
    )


def _area(numbers: ReportRecord, pictures: Mapping[str, Picture]) -> list[Section]:
    if not numbers.area:
        return []
    tables = []
    for name, each in numbers.area.items():
        caption = f"{name}: {each.title} ({each.yosys})"
        if each.transistors is not None:
            caption += f", about {each.transistors:,} transistors in logic"
        if each.area is not None:
            caption += f", area {each.area:,.0f}"
        tables.append(
            Table(caption=caption, columns=["room", "block", *each.kinds], rows=_area_rows(each), folded=True)
        )
    summary = [
        [name, ", ".join(f"{count:,} {kind}" for kind, count in each.kinds.items())]
        for name, each in numbers.area.items()
    ]
    return [
        Section(
            title="Area",
            texts=[
                "Estimates of synthesis, without placement and routing. The hierarchy is kept, so that every cell has "
                "a block."
            ],
            tables=[Table(caption="In all", columns=["target", "cells"], rows=summary), *tables],
            pictures=[pictures[f"area_{name}"] for name in numbers.area],
        )
    ]


def _area_rows(each: TargetArea) -> list[list[str]]:
    rows = [
        [room, block, *(f"{counted.get(kind, 0):,}" for kind in each.kinds)]
        for room, block, counted in area_rows(each.blocks)
    ]
    return [*rows, ["in all", "", *(f"{count:,}" for count in each.kinds.values())]]


def _regression(numbers: ReportRecord) -> list[Section]:
    if numbers.regression is None:
        return []
    summary = [[name, each.version, str(each.tests), str(each.failed)] for name, each in numbers.regression.items()]
    summary += [[name, "skipped", "", ""] for name in numbers.skipped_simulators]
    rows = [
        [each.block, each.simulator, str(each.tests), str(each.failed), f"{each.seconds:.1f}"]
        for each in numbers.regression_results
    ]
    blocks = dict.fromkeys(each.block for each in numbers.regression_results)
    return [
        Section(
            title="Regression",
            texts=[f"Testbenches under cocotb, with expected values from golden, of: {', '.join(blocks)}."],
            tables=[
                Table(caption="Tests", columns=["simulator", "version", "tests", "failed"], rows=summary),
                Table(
                    caption="By block",
                    columns=["block", "simulator", "tests", "failed", "seconds"],
                    rows=rows,
                    folded=True,
                ),
            ],
            notes=[f"{name} was skipped: {reason}" for name, reason in numbers.skipped_simulators.items()],
        )
    ]


def _provenance(origin: Provenance) -> list[tuple[str, str]]:
    versions = ", ".join(f"{name} {version}" for name, version in origin.versions.items())
    return [
        ("configuration", f"{origin.config_name} {origin.config_hash}"),
        ("training seed", str(origin.seed)),
        *((role, f"{each.file} {each.sha256}") for role, each in origin.inputs.items()),
        ("versions", versions),
    ]


def _percent(value: float | None) -> str:
    return "not run" if value is None else f"{value:.2%}"
