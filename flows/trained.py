"""Trained networks that ship, as a table of what is known of them."""

from pathlib import Path

from hdl.config import CoreConfig

from .files import read_json

__all__ = ["TRAINED", "render_trained"]

#: Where a checkout keeps them: a directory each, with the Program and what `train` and `simulate` wrote beside it.
TRAINED = Path("examples/trained")


def render_trained(root: Path) -> str:
    """Return a row for each trained network that the checkout at ``root`` keeps."""
    lines = [
        "| network | weights | epochs, seed | correct, RTL | images × passes in RTL | RTL against golden "
        "| cycles per image |",
        "|---|---|---|---|---|---|---|",
    ]
    for directory in sorted(path.parent for path in (root / TRAINED).glob("*/simulate.json")):
        training = read_json(directory / "training.json", f"bayescim train {directory.name}")
        simulated = read_json(directory / "simulate.json", f"bayescim simulate {directory.name}")
        equivalence = simulated["equivalence"]
        weights = sum(layer.inputs * layer.outputs for layer in CoreConfig.load(directory.name).layers)
        lines.append(
            f"| `{directory.name}` | {weights:,} | {len(training['losses'])}, {training['seed']} "
            f"| {simulated['correct'] / simulated['inputs']:.2%} "
            f"| {simulated['inputs']:,} × {simulated['passes']} "
            f"| {equivalence['mismatches']:,} of {equivalence['compared']:,} logits differ "
            f"| {simulated['cycles_per_input']:,.0f} |"
        )
    return "\n".join(lines) + "\n"
