"""Products of earlier steps for the report."""

import dataclasses
import io
import zipfile
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from hdl.config import CoreConfig, InputError

from ..base.files import read, read_json
from ..base.products import Products
from ..base.twin_place import TwinPlace

__all__ = ["Evidence", "Run"]


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """Simulation of one test set in RTL."""

    config: CoreConfig
    """Configuration of the simulated network."""

    figures: dict[str, Any]
    """Contents of ``simulate.json``."""

    rtl: npt.NDArray[np.int64]
    """Logits of the RTL, shape (n, passes, classes)."""

    golden: npt.NDArray[np.int64]
    """Logits of the integer model, of the same shape."""

    floating: npt.NDArray[np.float64] | None
    """Logits of the float network with the same masks, of the same shape, where its checkpoint exists."""

    labels: npt.NDArray[np.int64]
    """Labels of the inputs, shape (n,)."""

    sorted: bool
    """Whether passes are ordered by mask and not by draw, so that only all of them together are valid."""

    @classmethod
    def load(cls, products: Products, made_by: str) -> Self:
        """Read the products of ``bayescim simulate``.

        Raises
        ------
        InputError
            They are missing or damaged, or for another configuration.
        """
        figures = read_json(products.simulation, made_by)
        _check_config(products.simulation, figures, products.config, made_by)
        content = read(products.logits, made_by)
        if figures["random_pixels"] is not None:
            raise InputError(f"{products.simulation} must be of a data set, not of random pixels: run `{made_by}`")
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
        except (ValueError, EOFError, zipfile.BadZipFile):
            raise InputError(f"{products.logits} must be whole, and is not: run `{made_by}` again") from None
        if figures.get("exact"):
            raise InputError(f"{products.simulation} must be of drawn masks, not of all: run `{made_by}`")
        rtl, golden = (_passes(arrays[name], arrays.get("weights")) for name in ("logits", "golden_logits"))
        return cls(
            config=products.config,
            figures=figures,
            rtl=rtl,
            golden=golden,
            floating=arrays["float_logits"].astype(np.float64) if "float_logits" in arrays else None,
            labels=arrays["labels"],
            sorted="weights" in arrays,
        )

    def real(self) -> npt.NDArray[np.float64]:
        """Return the logits of the RTL as real numbers."""
        return self.rtl / 2.0**self.config.logits.fraction


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Evidence:
    """Sources of the report.

    A step that was not run is None, and is reported as such.
    """

    run: Run
    """The Bayesian network."""

    deterministic: Run | None
    """Its deterministic twin, where it can run (:class:`flows.base.twin_place.TwinPlace`)."""

    synthesis: dict[str, Any] | None
    """Contents of ``synth.json``."""

    regression: dict[str, Any] | None
    """Contents of ``regress.json``."""

    @classmethod
    def load(cls, products: Products) -> Self:
        """Read the products of the earlier steps.

        Raises
        ------
        InputError
            The simulation is missing, or a file is damaged or for another configuration.
        """
        twin = products.twin
        has_twin = TwinPlace.of(products.config).runs and twin.simulation.exists()
        return cls(
            run=Run.load(products, products.made_by("simulate")),
            deterministic=(Run.load(twin, twin.made_by("simulate")) if has_twin else None),
            synthesis=_optional(products.synthesis, products.config, products.made_by("synth")),
            regression=_optional(products.regression, products.config, products.made_by("regress")),
        )


def _passes(logits: npt.NDArray[np.integer], weights: npt.NDArray[np.int64] | None) -> npt.NDArray[np.int64]:
    """Return the logits of each pass, shape (n, passes, classes), each mask repeated as often as it was drawn."""
    wide = logits.astype(np.int64)
    if weights is None:
        return wide
    return np.repeat(wide.reshape(-1, wide.shape[2]), weights.ravel(), axis=0).reshape(len(wide), -1, wide.shape[2])


def _optional(path: Path, config: CoreConfig, made_by: str) -> dict[str, Any] | None:
    if not path.exists():
        return None
    content = read_json(path, made_by)
    _check_config(path, content, config, made_by)
    return content


def _check_config(path: Path, content: dict[str, Any], config: CoreConfig, made_by: str) -> None:
    found = content["provenance"]["config_hash"]
    if found != config.hash:
        raise InputError(f"{path}: config_hash must be {config.hash[:12]}…, not {found[:12]}…: run `{made_by}` again")
