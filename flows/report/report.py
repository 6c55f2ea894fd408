"""Step from all figures to one page."""

from typing import Any

import torch
from rich.table import Table

from golden.measures import reliability_bins

from ..base.console import table
from ..base.files import to_json, write_atomically
from ..base.pictures import to_png, to_svg
from ..base.products import Products
from . import figures
from .evidence import Evidence
from .page import Picture, render
from .summary import curve, scores, summarize

__all__ = ["report", "report_tables"]


def report(products: Products) -> dict[str, Any]:
    """Write the page, its numbers and its pictures, and return the numbers.

    Raises
    ------
    InputError
        The simulation is missing, or a product is damaged or for another configuration.
    """
    evidence = Evidence.load(products)
    numbers = summarize(evidence)
    pictures = _pictures(evidence, numbers)
    page = render(numbers, products.config, pictures)
    for name, picture in pictures.items():
        write_atomically(products.directory / f"{name}.svg", to_svg(picture.figure))
        write_atomically(products.directory / f"{name}.png", to_png(picture.figure))
    write_atomically(products.figures, to_json(numbers).encode())
    write_atomically(products.report, page.encode())
    return numbers


def report_tables(numbers: dict[str, Any]) -> list[Table]:
    """Return the tables of the report for a terminal."""
    accuracy, equivalence = numbers["accuracy"], numbers["equivalence"]
    rows = [
        [name, "not run" if accuracy[name] is None else f"{accuracy[name]:.2%}"]
        for name in ("rtl", "golden", "float", "deterministic")
        if name in accuracy
    ]
    chance = ", random weights" if numbers["random_weights"] else ""
    tables = [table(f"Accuracy, {numbers['inputs']:,} test images{chance}", ["network", "accuracy"], rows)]
    rows = [
        [name, f"{each['accuracy']:.2%}", *(f"{each[measure]:.4f}" for measure in ("nll", "brier", "ece"))]
        for name, each in numbers["uncertainty"].items()
    ]
    tables.append(table("Uncertainty, from RTL logits", ["T", "accuracy", "NLL", "Brier", "ECE"], rows))
    rows = [
        [name, ", ".join(f"{count:,} {kind}" for kind, count in each["kinds"].items())]
        for name, each in numbers["area"].items()
    ]
    if rows:
        tables.append(table("Resources, estimated by synthesis", ["target", "cells"], rows))
    rows = [
        ["logits that differ", f"{equivalence['mismatches']:,} of {equivalence['compared']:,}"],
        [
            "statistics that differ",
            f"{equivalence['statistics_mismatches']:,} of {equivalence['compared_statistics']:,}",
        ],
        [f"cycles per input, T = {numbers['passes']}", f"{numbers['cycles_per_input']:,.1f}"],
    ]
    for name, each in (numbers["regression"] or {}).items():
        rows.append([f"tests on {name}", f"{each['tests']} run, {each['failed']} failed"])
    rows += [[f"tests on {name}", "skipped"] for name in numbers["skipped_simulators"]]
    tables.append(table("RTL against golden", ["figure", "value"], rows))
    return tables


def _pictures(evidence: Evidence, numbers: dict[str, Any]) -> dict[str, Picture]:
    run = evidence.run
    simulated = run.rtl.shape[1]
    final = scores(run, simulated)
    bins = reliability_bins(torch.from_numpy(run.real()), torch.from_numpy(run.labels), passes=simulated)
    points = curve(run)
    along = [scores(run, count) for count in points]
    twin = numbers["uncertainty"].get("deterministic")
    right = final.right.numpy()
    entropy = final.predictive_entropy.numpy()
    pictures = {
        "reliability": Picture(
            figure=figures.reliability(
                bins.confidence.tolist(), bins.accuracy.tolist(), bins.counts.tolist(), bins.edges.tolist(), final.ece
            ),
            alt=f"Reliability diagram of the RTL at T = {simulated}: expected calibration error {final.ece:.4f}.",
            caption=f"Reliability at T = {simulated}, with the number of inputs in each bin.",
        ),
        "passes": Picture(
            figure=figures.passes(
                points,
                [float(each.accuracy) for each in along],
                [float(each.nll) for each in along],
                None if twin is None else (twin["accuracy"], twin["nll"]),
            ),
            alt=(
                f"Accuracy goes from {along[0].accuracy:.2%} at T = {points[0]} to {along[-1].accuracy:.2%} at "
                f"T = {points[-1]}, and NLL from {along[0].nll:.4f} to {along[-1].nll:.4f}."
            ),
            caption="Accuracy and negative log-likelihood against the number of passes.",
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
    if numbers["area"]:
        pictures["area"] = Picture(
            figure=figures.area(numbers["area"]),
            alt="Share of each room in the cells of each target; the tables below have the numbers.",
            caption="Share of each room, by target and kind of cell.",
        )
    return pictures


def _mean(values: Any) -> str:
    return f"{values.mean():.3f}" if len(values) else "no"
