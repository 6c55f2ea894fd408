"""Targets with their own cells for counting."""

from .shared_modules import SharedModules

__all__ = ["ColumnCells"]


class ColumnCells(SharedModules):
    """Platform with target cells for counting and adding.

    :class:`AgreementCounter` and :class:`Adder` are left to the target.

    They become instances of the modules ``agreement_counter`` (parameters ``WORDS``, ``LANES``), ``adder`` and
    ``agreement_adder`` (``WIDTH``, ``LANES``), whose ports are those of the components with all planes or words
    concatenated, the lowest first. Without it both are plain logic, which every tool understands.
    """
