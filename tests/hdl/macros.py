"""Cores with macros, and stand-ins for the macros."""

import copy

from hdl.config import CoreConfig

__all__ = ["ADC", "COLUMN", "MACROS", "SMALLEST_MACRO", "with_macro"]

_SAMPLED = {"method": "sampled-weights", "passes": 2, "max_passes": 4}

_PADDED = {
    "name": "padded_macro",
    "network": {"inputs": 11, "input_bits": 2, "hidden": [5, 7], "classes": 3},
    "array": {"rows": 8, "cols": 4, "rows_per_read": 4},
    "bayes": _SAMPLED | {"weight_bits": 3},
    "random": {"lfsr_width": 19, "draw_bits": 5, "seed": 0x5A5A5},
    "logits": {"width": 8, "fraction": 3, "gain_width": 6, "offset_width": 9, "max_shift": 6},
    "macro": {"tolerance": 1, "max_pulses": 4, "reference_bits": 5, "reference_reads": 3, "reference_groups": 2},
}


def with_macro(base=_PADDED, *, name=None, macro=None, **sections):
    """Return a configuration with some sections, and fields of its macro, changed."""
    changed = copy.deepcopy(base) | sections | ({} if name is None else {"name": name})
    return CoreConfig.model_validate(changed | {"macro": base["macro"] | (macro or {})})


#: Everything at its legal minimum.
SMALLEST_MACRO = with_macro(
    {
        "name": "smallest_macro",
        "network": {"inputs": 2, "input_bits": 1, "hidden": [2], "classes": 2},
        "array": {"rows": 2, "cols": 2, "rows_per_read": 2},
        "bayes": _SAMPLED | {"weight_bits": 2, "passes": 1, "max_passes": 1},
        "random": {"lfsr_width": 8, "draw_bits": 2, "seed": 1},
        "logits": {"width": 4, "fraction": 0, "gain_width": 2, "offset_width": 2, "max_shift": 1},
        "macro": {"max_pulses": 1, "reference_bits": 1, "reference_reads": 1},
    }
)

#: A reference for each column, and every register stage.
COLUMN = with_macro(name="column_macro", macro={"reference": "column"}, hardware={"pipeline": 4})

#: Converters that are coarser than the counts, and take their time.
ADC = with_macro(name="adc_macro", macro={"sense": "adc", "adc_bits": 2, "adc_cycles": 3})

MACROS = (SMALLEST_MACRO, with_macro(), COLUMN, ADC)
