"""Evidence from kept results."""

from collections.abc import Callable, Sequence
from pathlib import Path

from hdl.config import InputError

from ...studies.chips.record import ChipFigure, ChipsRecord
from ...studies.comparison.paper import PAPER
from ...studies.comparison.record import CompareRecord
from ...studies.exact.record import ExactRecord
from ...studies.overhead.record import OverheadRecord
from ...studies.page import RESULTS
from ...studies.robustness.record import RobustnessRecord
from ...studies.schemes.record import SchemeRecord, SchemesRecord
from ...studies.schemes.show import logic_cells
from .claim import Evidence
from .difference import Difference, Verdict, paired, spread_ratio, welch

__all__ = [
    "accuracy_of_a_scheme",
    "chips_against_software",
    "correction_between_chips",
    "detection_under_affine_dropout",
    "drift_of_chips",
    "efficiency_against_sram",
    "gain_under_faults",
    "nothing",
    "one_unit",
    "sampling_error",
    "uncertainty_of_a_scheme",
]

_DAY = 86400

_UNTUNED = "the same network, trained deterministic"


def nothing(missing: str) -> Callable[[Path], Evidence]:
    """Return evidence that there is none, and what is missing."""

    def evidence(_: Path) -> Evidence:
        return Evidence(
            figure="—", setting="—", baseline="—", verdict=Verdict.OPEN, results=(), commands=(), missing=missing
        )

    return evidence


def one_unit(root: Path) -> Evidence:
    """Return the cells of the stochastic unit of Scale-Dropout at several sizes."""
    path = Path("overhead/fashion_512.json")
    result = OverheadRecord.read(root / RESULTS / path, _READER)
    last = result.overhead[-1].targets
    cells = ", ".join(f"{each.unit.logic:,} ({target})" for target, each in last.items())
    sizes = ", ".join("-".join(map(str, size.hidden)) for size in result.overhead)
    schemes = SchemesRecord.read(root / RESULTS / Path("schemes/fashion_512.json"), _READER)
    local = _scheme(schemes, "spatial-dropout").synthesis
    gates = "" if local is None else f", {logic_cells(local['gates'].units):,} gates"
    return Evidence(
        figure=f"LUTs or gates {cells}",
        setting=f"`{result.name}` with hidden layers {sizes}; synthesis, no draw",
        baseline=f"units of the layers (spatial-dropout){gates}",
        verdict=Verdict.WON if result.constant else Verdict.LOST,
        results=(path, Path("schemes/fashion_512.json")),
        commands=("bayescim overhead fashion_512",),
    )


def accuracy_of_a_scheme(root: Path) -> Evidence:
    """Return the accuracy of Scale-Dropout less that of the deterministic network."""
    result, mine, theirs = _scale_dropout(root)
    difference = welch(mine.accuracy, theirs.accuracy, mine.seeds)
    return Evidence(
        figure=f"{_points(difference)} points of accuracy",
        setting=_trained(result, mine),
        baseline=_UNTUNED,
        verdict=difference.verdict(better=1),
        results=(_SCHEMES,),
        commands=(_SCHEMES_COMMAND,),
        missing=_by_chance(difference.verdict(better=1)),
    )


def uncertainty_of_a_scheme(root: Path) -> Evidence:
    """Return NLL and ECE of Scale-Dropout less those of the deterministic network."""
    result, mine, theirs = _scale_dropout(root)
    nll, ece = (welch(getattr(mine, name), getattr(theirs, name), mine.seeds) for name in ("nll", "ece"))
    return Evidence(
        figure=f"NLL {nll.mean:+.3f} ± {nll.half:.3f}, ECE {ece.mean:+.3f} ± {ece.half:.3f}",
        setting=_trained(result, mine),
        baseline=f"{_UNTUNED}, no temperature",
        verdict=Verdict.OPEN,
        results=(_SCHEMES,),
        commands=(_SCHEMES_COMMAND,),
        missing="the deterministic network with a temperature fitted on validation images",
    )


def gain_under_faults(root: Path) -> Evidence:
    """Return the largest gain of affine dropout over batch norm under faults."""
    path = Path("robustness/fashion_512.json")
    result = RobustnessRecord.read(root / RESULTS / path, _READER)
    first, twin = result.networks[0], next(each for each in result.networks if each.method == "none")
    gain = max((each for each in result.gains if each.against == twin.label), key=lambda each: each.points)
    return Evidence(
        figure=f"{gain.points:+.1f} points at the most ({gain.fault}, {gain.strength:g}); "
        f"± {gain.spread:.1f} from chip to chip",
        setting=f"`{result.name}`, one training, {result.chips} chips, {first.inputs:,} images; "
        f"T = {first.passes} and {twin.passes}",
        baseline="the batch-norm twin, as trained",
        verdict=Verdict.OPEN,
        results=(path,),
        commands=("bayescim robustness fashion_512",),
        missing="the twin with batch norm renewed on each chip, and more than one training",
    )


def detection_under_affine_dropout(root: Path) -> Evidence:
    """Return how well strange inputs are detected with affine dropout."""
    result = SchemesRecord.read(root / RESULTS / _SCHEMES, _READER)
    mine, theirs = _scheme(result, "affine-dropout"), _scheme(result, "none")
    sets = ", ".join(f"{name} {each.mean:.2f} ({theirs.auroc[name].mean:.2f})" for name, each in mine.auroc.items())
    return Evidence(
        figure=f"AUROC, beside it that of the baseline: {sets}",
        setting=_trained(result, mine),
        baseline=_UNTUNED,
        verdict=Verdict.OPEN,
        results=(_SCHEMES,),
        commands=(_SCHEMES_COMMAND,),
        missing="more than one training of the scheme; the paper's measure and sets are not known here",
    )


def chips_against_software(name: str) -> Callable[[Path], Evidence]:
    """Return the function for accuracy of fresh, corrected chips less that of ideal software."""

    def evidence(root: Path) -> Evidence:
        path = Path(f"chips/{name}.json")
        result = ChipsRecord.read(root / RESULTS / path, _READER)
        found = paired(_values(result.fresh.corrected.accuracy), _values(result.software.accuracy))
        # The claim is a tie: it is lost where a point of accuracy is, and won where less than one can be.
        verdict = Verdict.WON if found.low > -_TIE else Verdict.LOST if found.high < -_TIE else Verdict.OPEN
        return Evidence(
            figure=f"{_points(found)} points of accuracy",
            setting=_chips(result),
            baseline=f"ideal software, as many runs; a tie is less than {100 * _TIE:g} point",
            verdict=verdict,
            results=(path,),
            commands=(_chips_command(result),),
            missing=_by_chance(verdict),
        )

    return evidence


def correction_between_chips(name: str) -> Callable[[Path], Evidence]:
    """Return the function for the deviation between fresh chips with the logit correction and without."""

    def evidence(root: Path) -> Evidence:
        path = Path(f"chips/{name}.json")
        result = ChipsRecord.read(root / RESULTS / path, _READER)
        corrected, plain = (_values(each.accuracy) for each in (result.fresh.corrected, result.fresh.uncorrected))
        ratio, verdict = spread_ratio(corrected, plain)
        return Evidence(
            figure=f"deviation of accuracy × {ratio:.2f}",
            setting=_chips(result),
            baseline="the same chips with the logit constants of software",
            verdict=verdict,
            results=(path,),
            commands=(_chips_command(result),),
            missing=_by_chance(verdict),
        )

    return evidence


def drift_of_chips(name: str) -> Callable[[Path], Evidence]:
    """Return the function for what the best drift compensation gains at the largest age."""

    def evidence(root: Path) -> Evidence:
        path = Path(f"chips/{name}.json")
        result = ChipsRecord.read(root / RESULTS / path, _READER)
        age = max(each.seconds for each in result.aged)
        aged = {each.compensation: each for each in result.aged if each.seconds == age}
        best = aged["column"].corrected.accuracy
        gain = paired(_values(best), _values(aged["none"].corrected.accuracy))
        left = paired(_values(best), _values(result.fresh.corrected.accuracy))
        verdict = gain.verdict(better=1)
        if verdict is Verdict.WON and left.low < -_KEPT:
            verdict = Verdict.LOST if left.high < -_KEPT else Verdict.OPEN
        return Evidence(
            figure=f"{_points(gain)} points at {age / _DAY:g} d; {_points(left)} against fresh",
            setting=_chips(result),
            baseline="the same chips without compensation (references of 16 bits, in a model); "
            f"kept is what is within {100 * _KEPT:g} points of fresh",
            verdict=verdict,
            results=(path,),
            commands=(_chips_command(result),),
            missing=_by_chance(verdict),
        )

    return evidence


def efficiency_against_sram(measure: str) -> Callable[[Path], Evidence]:
    """Return the function for the ratio of the PCM core to its SRAM equivalents."""

    def evidence(root: Path) -> Evidence:
        paths = [Path(f"comparison/{name}.json") for name in ("digits", "fashion_512", "vgg")]
        results = [CompareRecord.read(root / RESULTS / path, _READER) for path in paths]
        shared, own = (
            [getattr(getattr(each, kind).ratios, measure) for each in results] for kind in ("base", "independent")
        )
        names = ", ".join(f"`{path.stem}`" for path in paths)
        claimed = min(shared) >= PAPER[measure][0]
        verdict = Verdict.WON if claimed else Verdict.LOST if max(shared) < 1 else Verdict.OPEN
        return Evidence(
            figure=f"model: × {_range(shared)}; × {_range(own)} against draws of each column",
            setting=f"{names}, k = {results[0].base.bits}, T = {results[0].passes}; "
            "no interval, bounds of constants in the page",
            baseline="an SRAM core whose columns share draws",
            verdict=verdict,
            results=tuple(paths),
            commands=("bayescim compare digits fashion_512 vgg",),
            missing="the claimed ratio on every network" if verdict is Verdict.OPEN else "",
        )

    return evidence


def sampling_error(root: Path) -> Evidence:
    """Return cycles and error of the exact mode beside those of samples."""
    path = Path("exact/digits_exact.json")
    result = ExactRecord.read(root / RESULTS / path, _READER)
    exact = next(each for each in result.rows if each.exact)
    sampled = next(each for each in result.rows if not each.exact and (each.order, each.passes) == ("prefix", 16))
    samples = result.samples
    return Evidence(
        figure=f"distance 0 in {exact.cycles_per_input:.1f} cycles; {samples.samples:,} samples differ by "
        f"{samples.largest:.2f} standard errors at the most (bound {samples.bound:.2f})",
        setting=f"`{path.stem}`, {result.inputs:,} images; no draw",
        baseline=f"T = 16 by prefixes: distance {sampled.mean_distance:.4f} in {sampled.cycles_per_input:.1f} cycles",
        verdict=Verdict.WON if samples.holds and not exact.mean_distance else Verdict.LOST,
        results=(path,),
        commands=("bayescim exact digits_exact",),
    )


#: Command that reads the results, for messages.
_READER = "bayescim document"

_SCHEMES = Path("schemes/fashion_512.json")
_SCHEMES_COMMAND = "bayescim schemes fashion_512 --seeds 5"

#: Accuracy that a tie is within.
_TIE = 0.01

#: Accuracy that a drifted chip may lose.
_KEPT = 0.005


def _scheme(result: SchemesRecord, method: str) -> SchemeRecord:
    return next(each for each in result.schemes if each.method == method)


def _scale_dropout(root: Path) -> tuple[SchemesRecord, SchemeRecord, SchemeRecord]:
    result = SchemesRecord.read(root / RESULTS / _SCHEMES, _READER)
    mine, theirs = _scheme(result, "scale-dropout"), _scheme(result, "none")
    if mine.seeds != theirs.seeds:
        raise InputError(f"schemes must be of as many trainings, not of {mine.seeds} and {theirs.seeds}")
    return result, mine, theirs


def _trained(result: SchemesRecord, mine: SchemeRecord) -> str:
    seeds = "one training" if mine.seeds == 1 else f"{mine.seeds} trainings each"
    return f"`{result.network}`, {seeds}, T = {mine.passes}, p = {', '.join(f'{p:.2f}' for p in dict.fromkeys(mine.p))}"


def _chips(result: ChipsRecord) -> str:
    kind = "exact cells" if result.horizon is None else "their spread"
    return (
        f"`{result.name}`, `{result.deployment}` with targets for {kind}, {result.chips} chips, "
        f"{result.inputs:,} images, T = {result.passes}"
    )


def _chips_command(result: ChipsRecord) -> str:
    horizon = " --horizon 0" if result.horizon is None else ""
    return f"bayescim chips {result.name}{horizon}"


def _values(figure: ChipFigure) -> Sequence[float]:
    """Return the value of each chip: pairs are of the same one.

    Raises
    ------
    InputError
        A chip was flagged, and has none.
    """
    values = [each for each in figure.chips if each is not None]
    if len(values) < len(figure.chips):
        raise InputError("chips must all have values to be compared one by one, and one was flagged")
    return values


def _by_chance(verdict: Verdict) -> str:
    """Return what is missing where only chance keeps a claim open."""
    return "a difference that chance does not explain" if verdict is Verdict.OPEN else ""


def _points(difference: Difference) -> str:
    return f"{100 * difference.mean:+.2f} ± {100 * difference.half:.2f}"


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.2g} … {max(values):.2g}"
