"""Products of earlier steps for the report."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from hdl.config import CoreConfig, InputError

from ..base.files import read
from ..base.products import Products
from ..base.provenance import Input, Provenance, check_provenance, input_of
from ..base.record import Record
from ..base.twin_place import TwinPlace
from ..mapping.mapping_record import MappingRecord
from ..road.generate import load_program
from ..road.logits_file import LogitsFile
from ..road.regression_record import RegressionRecord
from ..road.simulation_record import SimulationRecord
from ..studies.registry import find_studies
from ..studies.study import Study
from ..synthesis.synthesis_record import SynthesisRecord

__all__ = ["Evidence", "Run"]

Found = TypeVar("Found", bound=Record)

#: Roles of inputs that all products of a report share.
_SHARED = ("program", "verilog")


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """Simulation of one test set in RTL."""

    config: CoreConfig
    """Configuration of the simulated network."""

    figures: SimulationRecord
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
            They are missing or damaged, for another configuration, or of a Program, Verilog or checkpoint that was
            changed since.
        """
        figures = SimulationRecord.read(products.simulation, made_by)
        origin = figures.provenance
        check_provenance(products.simulation, origin, products.config, f"run `{made_by}` again", circuit=True)
        if figures.random_pixels is not None:
            raise InputError(f"{products.simulation} must be of a data set, not of random pixels: run `{made_by}`")
        if figures.chip is not None and (figures.chip.age is not None or figures.chip.corrected is not None):
            raise InputError(f"{products.simulation} must be of a chip as it was programmed: run `{made_by}`")
        if figures.exact:
            raise InputError(f"{products.simulation} must be of drawn masks, not of all: run `{made_by}`")
        file = LogitsFile.read(products.logits, products.config, products.simulation, figures, made_by)
        if file.labels is None:
            raise InputError(f"{products.logits} must have the array labels, and has not: run `{made_by}` again")
        # Is the Program beside it still that of the checkpoint?
        if products.program.exists():
            load_program(products)
        rtl, golden = (_passes(logits, file.weights) for logits in (file.logits, file.golden_logits))
        return cls(
            config=products.config,
            figures=figures,
            rtl=rtl,
            golden=golden,
            floating=None if file.float_logits is None else file.float_logits.astype(np.float64),
            labels=file.labels.astype(np.int64),
            sorted=file.weights is not None,
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

    synthesis: SynthesisRecord | None
    """Contents of ``synth.json``."""

    regression: RegressionRecord | None
    """Contents of ``regress.json``."""

    mapping: MappingRecord | None
    """Contents of ``map.json``."""

    studies: Mapping[str, tuple[Study, Record]]
    """Studies of this network and their results, by name."""

    inputs: Mapping[str, Input]
    """All files that the report is from, by role."""

    @classmethod
    def load(cls, products: Products) -> Self:
        """Read the products of the earlier steps.

        Raises
        ------
        InputError
            The simulation is missing, or a file is damaged, for another configuration, or of other inputs than those
            that are there.
        """
        made_by = products.made_by
        twin = products.twin
        has_twin = TwinPlace.of(products.config).runs and twin.simulation.exists()
        run = Run.load(products, made_by("simulate"))
        deterministic = Run.load(twin, twin.made_by("simulate")) if has_twin else None
        if deterministic is not None:
            again = f"run `{twin.made_by('simulate')}` again"
            roles = ("verilog",) if products.core(deterministic=True) == products else ()
            _check_same(twin.simulation, deterministic.figures.provenance, run, roles, again)
        studies: dict[str, tuple[Study, Record]] = {}
        for each in find_studies():
            # Studies whose results have other names are not of one network. Most are not there, nor imported.
            path = products.study(each.name)
            if path.exists() and each.study.name == each.name:
                record = _optional(each.study.record, path, run, made_by(each.name))
                studies |= {} if record is None else {each.name: (each.study, record)}
        mapping = _optional(MappingRecord, products.mapping, run, made_by("map"), circuit=True)
        inputs = {role: run.figures.provenance.inputs[role] for role in _SHARED}
        files = {
            "simulation": products.simulation,
            "logits": products.logits,
            "twin": twin.simulation if has_twin else None,
            "synthesis": products.synthesis,
            "regression": products.regression,
            "mapping": products.mapping,
            **{name: products.study(study.name) for name, (study, _) in studies.items()},
        }
        inputs |= {
            role: input_of(products.directory, path, read(path, made_by("report")))
            for role, path in files.items()
            if path is not None and path.exists()
        }
        return cls(
            run=run,
            deterministic=deterministic,
            synthesis=_optional(SynthesisRecord, products.synthesis, run, made_by("synth"), circuit=True),
            regression=_optional(RegressionRecord, products.regression, run, made_by("regress"), circuit=True),
            mapping=mapping,
            studies=studies,
            inputs=inputs,
        )


def _passes(logits: npt.NDArray[np.integer], weights: npt.NDArray[np.integer] | None) -> npt.NDArray[np.int64]:
    """Return the logits of each pass, shape (n, passes, classes), each mask repeated as often as it was drawn."""
    wide = logits.astype(np.int64)
    if weights is None:
        return wide
    return np.repeat(wide.reshape(-1, wide.shape[2]), weights.ravel(), axis=0).reshape(len(wide), -1, wide.shape[2])


def _optional(kind: type[Found], path: Path, run: Run, made_by: str, *, circuit: bool = False) -> Found | None:
    """Return the record in ``path``, None where there is none, or where it is of no configuration."""
    if not path.exists():
        return None
    record = kind.read(path, made_by)
    origin = getattr(record, "provenance", None)
    if not isinstance(origin, Provenance):
        return None
    remedy = f"run `{made_by}` again, or remove it"
    check_provenance(path, origin, run.config, remedy, circuit=circuit)
    _check_same(path, origin, run, _SHARED, remedy)
    return record


def _check_same(path: Path, origin: Provenance, run: Run, roles: Sequence[str], remedy: str) -> None:
    """Check that the product ``path`` is of the same files as the simulation."""
    for role in roles:
        mine, wanted = origin.inputs.get(role), run.figures.provenance.inputs.get(role)
        if mine is not None and wanted is not None and mine.sha256 != wanted.sha256:
            raise InputError(
                f"{path}: {role} must be {wanted.sha256[:12]}… as in the simulation, not {mine.sha256[:12]}…: {remedy}"
            )
