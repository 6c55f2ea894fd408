"""Table of docs/claims.md."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ...base import markdown
from ...studies.page import Page
from . import evidence
from .claim import Claim, Evidence
from .difference import Verdict

__all__ = ["CLAIMS", "claims"]

_SCALE, _NORM, _BAYES2IMC = (
    "Scale-Dropout (2311.15816)",
    "inverted normalization (2401.12416)",
    "Bayes2IMC (2411.07902)",
)
_DENOISING, _TESTING = "denoising blocks (2409.18553)", "testing (2401.04744)"

_ABSTRACT, _SUMMARY, _DERIVED = "abstract", "summary", "derived"

#: Paper, claim, tag, and the function that finds our evidence below a checkout.
_CLAIMS: tuple[tuple[str, str, str, Callable[[Path], Evidence]], ...] = (
    (_SCALE, "one stochastic unit for a model of any size", _ABSTRACT, evidence.one_unit),
    (_SCALE, "up to 1 % better prediction", _ABSTRACT, evidence.accuracy_of_a_scheme),
    (_SCALE, "better uncertainty", _ABSTRACT, evidence.uncertainty_of_a_scheme),
    (
        _SCALE,
        "more than 100 times less energy",
        _ABSTRACT,
        evidence.nothing("the energy of a random decision of an MTJ module and of our unit, at one process"),
    ),
    (_NORM, "up to 58.11 % better accuracy under faults", _ABSTRACT, evidence.gain_under_faults),
    (_NORM, "78.95 % detection of strange inputs", _SUMMARY, evidence.detection_under_affine_dropout),
    (
        _BAYES2IMC,
        "accuracy of ideal software (cells targeted for their spread)",
        _ABSTRACT,
        evidence.chips_against_software("bayes2imc_pcm_spread"),
    ),
    (
        _BAYES2IMC,
        "accuracy of ideal software (cells targeted as if exact)",
        _ABSTRACT,
        evidence.chips_against_software("bayes2imc_pcm_exact"),
    ),
    (
        _BAYES2IMC,
        "correction of logits reduces variation between deployments (targeted for their spread)",
        _ABSTRACT,
        evidence.correction_between_chips("bayes2imc_pcm_spread"),
    ),
    (
        _BAYES2IMC,
        "correction of logits reduces variation between deployments (targeted as if exact)",
        _ABSTRACT,
        evidence.correction_between_chips("bayes2imc_pcm_exact"),
    ),
    (
        _BAYES2IMC,
        "a simple compensation keeps accuracy under drift (targeted for their spread)",
        _ABSTRACT,
        evidence.drift_of_chips("bayes2imc_pcm_spread"),
    ),
    (
        _BAYES2IMC,
        "a simple compensation keeps accuracy under drift (targeted as if exact)",
        _ABSTRACT,
        evidence.drift_of_chips("bayes2imc_pcm_exact"),
    ),
    (
        _BAYES2IMC,
        "2.2 to 5.6 times the GOPS/W of an equivalent SRAM core",
        _ABSTRACT,
        evidence.efficiency_against_sram("gops_per_watt"),
    ),
    (
        _BAYES2IMC,
        "3.8 to 9.6 times its GOPS/W/mm²",
        _ABSTRACT,
        evidence.efficiency_against_sram("gops_per_watt_mm2"),
    ),
    (
        _DENOISING,
        "2.03 % more parameters cut the loss of accuracy from 31.7 % to 1.15 %",
        _ABSTRACT,
        evidence.nothing("networks of several bits, the blocks, and their engine: nothing of it is built"),
    ),
    (
        _TESTING,
        "up to 100 % fault coverage with 0.2 % of the training data",
        _ABSTRACT,
        evidence.nothing("the ranking of vectors and its coverage; what is built is the unit's self-test by counting"),
    ),
    (
        "this project",
        "few masks: the predictive distribution without sampling error",
        _DERIVED,
        evidence.sampling_error,
    ),
)

_COLUMNS = ("claim", "ours", "setting", "against", "outcome")


def claims(root: Path) -> list[Claim]:
    """Return all claims with the evidence that the checkout at ``root`` keeps.

    Raises
    ------
    InputError
        A kept result is damaged.
    """
    return [Claim(paper=paper, claim=claim, tag=tag, evidence=find(root)) for paper, claim, tag, find in _CLAIMS]


def _sections(root: Path) -> Mapping[str, str]:
    found = claims(root)
    counts = ", ".join(f"{sum(each.evidence.verdict is kind for each in found)} {kind}" for kind in Verdict)
    parts = [f"Of {len(found)} claims: {counts}.\n"]
    for paper in dict.fromkeys(each.paper for each in found):
        rows = [_row(each) for each in found if each.paper == paper]
        parts.append(f"### {paper}\n\n{markdown.table(_COLUMNS, rows)}")
    return {"claims": "\n".join(parts)}


def _row(each: Claim) -> list[str]:
    found = each.evidence
    names = ", ".join(f"[{path.with_suffix('')}](results/{path})" for path in found.results)
    made = f"{names}, by {', '.join(f'`{command}`' for command in found.commands)}" if names else ""
    missing = f"; missing: {found.missing}" if found.missing else ""
    return [
        f"{each.claim} [{each.tag}]",
        found.figure,
        ". ".join(filter(None, (found.setting, made))),
        found.baseline,
        f"**{found.verdict}**{missing}",
    ]


CLAIMS = Page(path=Path("docs/claims.md"), sections=_sections)
