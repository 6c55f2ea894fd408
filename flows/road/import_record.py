"""Record of an imported network."""

from pydantic import Field

from ..base.provenance import Provenance
from ..base.record import Count, Record, Share

__all__ = ["ImportRecord", "ImportedInput", "ImportedLayer"]


class ImportedInput(Record):
    """Input of the network: pixel v stands for step · v + lowest behind its quantizer."""

    bits: int = Field(ge=1, le=8)
    """Bit planes of a pixel."""

    lowest: float
    """Value of pixel 0."""

    step: float
    """Difference of the values of two pixels one apart."""

    other_bytes: Count | None
    """Bytes u of an image for which the network makes another pixel of u / 255 than the data set has, of 256; None
    where the data set is not known by the shape of the input."""


class ImportedLayer(Record):
    """Layer of the network."""

    node: str
    """Node of the product."""

    inputs: Count
    """Fan-in."""

    outputs: Count
    """Neurons, channels or classes."""

    flipped: Count
    """Neurons whose batch norm has a negative factor; 0 in the last layer."""

    constant: Count
    """Neurons that give the same for all inputs; 0 in the last layer."""

    drop: Share
    """Probability of dropping an activation that the core has."""


class ImportRecord(Record):
    """Contents of ``import.json``."""

    provenance: Provenance
    """Configuration, versions, graph and Program."""

    config: str
    """Configuration file, from the directory of this one."""

    method: str
    """Bayesian method."""

    opset: Count
    """Version of the graph's operators."""

    input: ImportedInput
    """Input."""

    layers: tuple[ImportedLayer, ...]
    """Layers, first to last."""

    logit_error: float = Field(ge=0)
    """Largest difference of a logit of the core from that of the graph, over all pre-activations and classes, without
    dropout."""

    ignored: tuple[str, ...]
    """Nodes that have no place in a core, and change nothing in inference."""
