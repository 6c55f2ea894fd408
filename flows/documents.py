"""Figures in the documents, written by a command so that they are never typed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from golden.self_test_limits import core_limits
from hdl.config import CoreConfig, InputError, MacroConfig
from hdl.register_map import register_map

from .chips_document import DIRECTORY as CHIPS_RESULTS
from .chips_document import file_name, is_chips, keep_chips, write_chips
from .comparison import document as comparison
from .device_document import RESULT as DEVICES_RESULT
from .device_document import write_devices
from .exact_picture import draw_exact
from .exact_tables import render_exact
from .files import make_directory, read_json, to_json, write_atomically
from .overhead import overhead_markdown
from .package.registers import register_table
from .pictures import to_svg
from .scale import render_scale
from .schemes_table import render_schemes
from .sections import replace_section
from .trained import TRAINED, render_trained
from .uncertainty_document import keep_kind, kind_of, write_sections

__all__ = [
    "BENCHMARKS",
    "EXACT",
    "EXACT_RESULTS",
    "OVERHEAD_RESULTS",
    "PICTURES",
    "README",
    "REGISTERS",
    "RESULTS",
    "SCHEMES",
    "SCHEMES_RESULTS",
    "document",
    "keep",
    "render",
    "render_comparison",
    "render_costs",
    "render_overhead",
    "render_registers",
]

#: Where the figures of a checkout are kept, and where they are shown.
RESULTS = Path("docs/results")
README = Path("README.md")

#: What cores cost at their size, and where that is shown.
SCALE = RESULTS / "scale"
BENCHMARKS = Path("docs/benchmarks.md")

#: What the exact mode costs and is worth, and where that is shown.
EXACT_RESULTS = RESULTS / "exact"
EXACT = Path("docs/exact.md")
PICTURES = Path("docs/pictures")

#: The schemes side by side, and where that is shown.
SCHEMES_RESULTS = RESULTS / "schemes"
SCHEMES = Path("docs/schemes.md")

#: What a stochastic unit takes of cores of several sizes; shown beside the schemes.
OVERHEAD_RESULTS = RESULTS / "overhead"

#: Where the registers of the demo's core are described.
REGISTERS = Path("docs/registers.md")
_EXAMPLE = "digits"

#: Members of a report that the documents show, or that say where the rest comes from.
_KEPT = (
    "name",
    "provenance",
    "inputs",
    "accuracy",
    "float_agreement",
    "equivalence",
    "uncertainty",
    "cycles_per_input",
    "regression",
    "resources",
    "area",
)

_ORDER = ("LUTs", "flip-flops", "carries", "LUT RAMs", "block RAMs", "DSPs")


def keep(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the documents need of a report.

    Raises
    ------
    InputError
        It is about random weights.
    """
    if report["random_weights"]:
        raise InputError(f"report must be of a trained network, not of random weights ({report['name']})")
    kept = {name: report[name] for name in _KEPT}
    kept["area"] = {
        target: {key: each[key] for key in ("title", "kinds", "transistors")} for target, each in report["area"].items()
    }
    return kept


def document(root: Path, reports: Sequence[Path] = ()) -> Path:
    """Take the figures of ``reports`` of any kind into the checkout at ``root`` and write its tables anew.

    Raises
    ------
    InputError
        A report is missing or damaged, or ``root`` is no checkout.
    """
    readme = root / README
    if not readme.is_file():
        raise InputError(f"root must be a checkout of bayescim, not {str(root)!r}")
    trained = root / TRAINED / README
    described = replace_section(trained.read_text(), "trained", render_trained(root))
    contents = [read_json(path, "bayescim report") for path in reports]
    kept = dict(_kept(each) for each in contents)
    exact = [each for each in contents if "exact" in each and kind_of(each) is None]
    make_directory(root / PICTURES)
    for path, each in kept.items():
        make_directory((root / path).parent)
        write_atomically(root / path, to_json(each).encode())
    benchmarks = root / BENCHMARKS
    write_atomically(benchmarks, replace_section(benchmarks.read_text(), "scale", render_costs(root)).encode())
    for each in exact:
        name, text = each["exact"], (root / EXACT).read_text()
        picture = Path("pictures") / f"exact_{name}.svg"
        write_atomically(root / EXACT.parent / picture, to_svg(draw_exact(each)))
        described_exact = replace_section(text, f"exact {name}", render_exact(each, str(picture)))
        write_atomically(root / EXACT, described_exact.encode())
    write_atomically(root / REGISTERS, render_registers().encode())
    write_atomically(trained, described.encode())
    write_sections(root)
    write_chips(root)
    write_devices(root)
    comparison.write_sections(root)
    schemes = root / SCHEMES
    compared = replace_section(schemes.read_text(), "schemes", render_comparison(root))
    write_atomically(schemes, replace_section(compared, "overhead", render_overhead(root)).encode())
    text = replace_section(readme.read_text(), "results", render(root))
    return write_atomically(readme, text.encode())


def _kept(content: Mapping[str, Any]) -> tuple[Path, Mapping[str, Any]]:
    """Return where the figures of a report or a measured scale are kept, and what is kept."""
    if "scale" in content:
        return SCALE / f"{content['scale']}.json", content
    if "comparison" in content:
        return comparison.RESULTS / f"{content['comparison']}.json", content
    if "schemes" in content:
        return SCHEMES_RESULTS / f"{content['network']}.json", content
    if "overhead" in content:
        return OVERHEAD_RESULTS / f"{content['name']}.json", content
    if is_chips(content):
        return CHIPS_RESULTS / file_name(content), keep_chips(content)
    if "devices" in content:
        return DEVICES_RESULT, content
    kind = kind_of(content)
    if kind is not None:
        return RESULTS / kind / f"{content['name']}.json", keep_kind(content)
    if "exact" in content:
        return EXACT_RESULTS / f"{content['exact']}.json", content
    return RESULTS / f"{content['name']}.json", keep(content)


def render(root: Path) -> str:
    """Return the tables of all results that the checkout at ``root`` keeps."""
    results = [read_json(path, "bayescim document") for path in sorted((root / RESULTS).glob("*.json"))]
    if not results:
        raise InputError(f"{root / RESULTS} must hold results: run `bayescim document build/demo/report.json`")
    return f"{_quality(results)}\n{_resources(results)}"


def render_costs(root: Path) -> str:
    """Return the table of what the cores cost that the checkout at ``root`` keeps."""
    return render_scale([read_json(path, "bayescim bench scale") for path in sorted((root / SCALE).glob("*.json"))])


def render_comparison(root: Path) -> str:
    """Return the tables of all networks on which the checkout at ``root`` keeps a comparison of schemes."""
    paths = sorted((root / SCHEMES_RESULTS).glob("*.json"))
    return render_schemes([read_json(path, "bayescim schemes") for path in paths])


def render_overhead(root: Path) -> str:
    """Return what stochastic units take, of all cores that the checkout at ``root`` keeps."""
    paths = sorted((root / OVERHEAD_RESULTS).glob("*.json"))
    return "\n".join(overhead_markdown(read_json(path, "bayescim overhead")) for path in paths)


def render_registers() -> str:
    """Return the description of the registers, with the widths and limits of the demo's core.

    And those of the self-test, of one unit or several, and of the macros that it could have.
    """
    config = CoreConfig.load(_EXAMPLE)
    self_test = core_limits(config)
    possible = config.model_copy(update={"self_test": self_test, "macro": MacroConfig()})
    several = possible.model_copy(update={"random": config.random.model_copy(update={"units": config.mask_width})})
    entries = {entry.address: entry for entry in (*register_map(several), *register_map(possible))}
    # The core as it is has another hash.
    entries |= {entry.address: entry for entry in register_map(config)}
    return register_table([entries[address] for address in sorted(entries)], _EXAMPLE)


def _quality(results: Sequence[Mapping[str, Any]]) -> str:
    lines = [
        "| configuration | accuracy, RTL | float | deterministic twin | NLL (twin) | ECE (twin) "
        "| RTL against golden | cycles per input |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in results:
        accuracy, equivalence = each["accuracy"], each["equivalence"]
        passes = str(accuracy["passes"])
        sampled, twin = each["uncertainty"][passes], each["uncertainty"]["deterministic"]
        most = max(int(count) for count in each["uncertainty"] if count.isdigit())
        lines.append(
            f"| `{each['name']}` | {accuracy['rtl']:.2%} (T = {passes}) | {accuracy['float']:.2%} "
            f"| {accuracy['deterministic']:.2%} | {sampled['nll']:.3f} ({twin['nll']:.3f}) "
            f"| {sampled['ece']:.3f} ({twin['ece']:.3f}) "
            f"| {equivalence['mismatches']:,} of {equivalence['compared']:,} logits differ "
            f"| {each['cycles_per_input']:,.0f} (T = {most}) |"
        )
    return "\n".join(lines) + "\n"


def _resources(results: Sequence[Mapping[str, Any]]) -> str:
    targets = list(dict.fromkeys(target for each in results for target in each["area"]))
    titles = {target: each["area"][target]["title"] for each in results for target in each["area"]}
    lines = [
        f"| configuration | {' | '.join(titles[target] for target in targets)} |",
        "|---" * (len(targets) + 1) + "|",
    ]
    for each in results:
        cells = [_cells(each["area"].get(target)) for target in targets]
        lines.append(f"| `{each['name']}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cells(area: Mapping[str, Any] | None) -> str:
    if area is None:
        return "—"
    kinds = area["kinds"]
    shown = [kind for kind in _ORDER if kind in kinds] or list(kinds)
    cells = ", ".join(f"{kinds[kind]:,} {kind}" for kind in shown)
    return f"{area['transistors']:,} transistors; {cells}" if area["transistors"] else cells
