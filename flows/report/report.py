"""Step from all figures to one page."""

from collections.abc import Sequence
from typing import Any

import torch
from rich.table import Table

from golden.measures import reliability_bins

from ..base.console import table
from ..base.files import write_atomically
from ..base.page import Picture, Section
from ..base.page import Table as PageTable
from ..base.pictures import to_png, to_svg
from ..base.products import Products
from ..mapping.mapping_picture import draw_mapping, mapping_caption
from ..mapping.mapping_tables import mapping_tables
from . import figures
from .evidence import Evidence
from .page import render
from .report_record import ReportRecord
from .summary import curve, scores, summarize

__all__ = ["report", "report_tables"]


def report(products: Products) -> ReportRecord:
    """Write the page, its numbers and its pictures, and return the numbers.

    Results of studies of the same network, and its mapping, are sections of the page where they are there.

    Raises
    ------
    InputError
        The simulation is missing, or a product is damaged, for another configuration or of other files than those that
        are there.
    """
    evidence = Evidence.load(products)
    numbers = summarize(evidence)
    pictures = _pictures(evidence, numbers)
    page = render(numbers, products.config, pictures, _further(evidence))
    for name, picture in pictures.items():
        write_atomically(products.directory / f"{name}.svg", to_svg(picture.figure))
        write_atomically(products.directory / f"{name}.png", to_png(picture.figure))
    numbers.write(products.figures)
    write_atomically(products.report, page.encode())
    return numbers


def report_tables(numbers: ReportRecord) -> list[Table]:
    """Return the tables of the report for a terminal."""
    accuracy, equivalence = numbers.accuracy, numbers.equivalence
    networks = {"rtl": accuracy.rtl, "golden": accuracy.golden, "float": accuracy.floating}
    networks |= {"deterministic": accuracy.deterministic} if numbers.twin else {}
    rows = [[name, "not run" if share is None else f"{share:.2%}"] for name, share in networks.items()]
    chance = ", random weights" if numbers.random_weights else ""
    title = f"Accuracy, {numbers.inputs:,} test images, T = {accuracy.passes}{chance}"
    tables = [table(title, ["network", "accuracy"], rows)]
    rows = [
        [name, f"{each.accuracy:.2%}", *(f"{value:.4f}" for value in (each.nll, each.brier, each.ece))]
        for name, each in numbers.uncertainty.items()
    ]
    tables.append(table("Uncertainty, from RTL logits", ["T", "accuracy", "NLL", "Brier", "ECE"], rows))
    rows = [
        [name, ", ".join(f"{count:,} {kind}" for kind, count in each.kinds.items())]
        for name, each in numbers.area.items()
    ]
    if rows:
        tables.append(table("Resources, estimated by synthesis", ["target", "cells"], rows))
    rows = [
        ["logits that differ", f"{equivalence.mismatches:,} of {equivalence.compared:,}"],
        ["statistics that differ", f"{equivalence.statistics_mismatches:,} of {equivalence.compared_statistics:,}"],
        [f"cycles per input, T = {numbers.passes}", f"{numbers.cycles_per_input:,.1f}"],
    ]
    for name, each in (numbers.regression or {}).items():
        rows.append([f"tests on {name}", f"{each.tests} run, {each.failed} failed"])
    rows += [[f"tests on {name}", "skipped"] for name in numbers.skipped_simulators]
    tables.append(table("RTL against golden", ["figure", "value"], rows))
    return tables


def _further(evidence: Evidence) -> Sequence[Section]:
    """Return the sections of the studies that were made of this network, and of its mapping."""
    sections = [study.section(record.plain(), folded=True) for study, record in evidence.studies.values()]
    if evidence.mapping is not None:
        mapping = evidence.mapping.mapping
        first, *others = mapping_tables(mapping)
        sections.append(
            Section(
                title="Mapping",
                texts=[
                    f"Layers on arrays, with exact clock cycles of T = {mapping.passes} passes, before any Verilog."
                ],
                tables=[PageTable.of(first), *(PageTable.of(each, folded=True) for each in others)],
                pictures=[
                    Picture(
                        figure=draw_mapping(mapping, narrow=True),
                        alt=f"{mapping.arrays:,} arrays of {mapping.rows} × {mapping.cols}, by layer.",
                        caption=mapping_caption(mapping),
                    )
                ],
            )
        )
    return sections


def _pictures(evidence: Evidence, numbers: ReportRecord) -> dict[str, Picture]:
    run = evidence.run
    simulated = run.rtl.shape[1]
    final = scores(run, simulated)
    bins = reliability_bins(torch.from_numpy(run.real()), torch.from_numpy(run.labels), passes=simulated)
    points = curve(run)
    along = [scores(run, count) for count in points]
    twin = numbers.uncertainty.get("deterministic")
    right = final.right.numpy()
    entropy = final.predictive_entropy.numpy()
    ends = f"at T = {points[0]}", f"at T = {points[-1]}"
    pictures = {
        "reliability": Picture(
            figure=figures.reliability(
                bins.confidence.tolist(), bins.accuracy.tolist(), bins.counts.tolist(), bins.edges.tolist(), final.ece
            ),
            alt=f"Reliability diagram of the RTL at T = {simulated}: expected calibration error {final.ece:.4f}.",
            caption=f"Reliability at T = {simulated}, with the number of inputs in each bin.",
        ),
        "accuracy": Picture(
            figure=figures.passes(
                points,
                [float(each.accuracy) for each in along],
                None if twin is None else twin.accuracy,
                title="accuracy",
                percent=True,
            ),
            alt=f"Accuracy goes from {along[0].accuracy:.2%} {ends[0]} to {along[-1].accuracy:.2%} {ends[1]}.",
            caption="Accuracy against the number of passes.",
        ),
        "nll": Picture(
            figure=figures.passes(
                points, [float(each.nll) for each in along], None if twin is None else twin.nll, title="NLL, nats"
            ),
            alt=f"NLL goes from {along[0].nll:.4f} {ends[0]} to {along[-1].nll:.4f} {ends[1]}.",
            caption="Negative log-likelihood against the number of passes.",
        ),
        "uncertainty": Picture(
            figure=figures.uncertainty(entropy, right, run.config.network.classes),
            alt=(
                f"Histogram of predictive entropy: mean {_mean(entropy[right])} nats over right answers and "
                f"{_mean(entropy[~right])} over wrong ones."
            ),
            caption=f"Predictive entropy of right and of wrong answers at T = {simulated}.",
        ),
    }
    for name, each in numbers.area.items():
        pictures[f"area_{name}"] = Picture(
            figure=figures.area(name, each),
            alt=f"Share of each room in the cells of {each.title}; the tables below have the numbers.",
            caption=f"{each.title}: share of each room.",
        )
    return pictures


def _mean(values: Any) -> str:
    return f"{values.mean():.3f}" if len(values) else "no"
