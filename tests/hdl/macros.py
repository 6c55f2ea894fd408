"""Cores whose arrays are macros."""

from hdl.config.geometries import geometry, variant

__all__ = ["ADC", "COLUMN", "MACROS", "PADDED_MACRO", "SMALLEST_MACRO"]

#: Everything at its legal minimum.
SMALLEST_MACRO = geometry("macro_smallest")

#: Several tiles both ways, and padding.
PADDED_MACRO = geometry("macro_padded")

#: A reference for each column, and every register stage.
COLUMN = variant("macro_padded", "macro_padded_column", macro={"reference": "column"}, hardware={"pipeline": 4})

#: Converters that are coarser than the counts, and take their time.
ADC = variant("macro_padded", "macro_padded_adc", macro={"sense": "adc", "adc_bits": 2, "adc_cycles": 3})

MACROS = (SMALLEST_MACRO, PADDED_MACRO, COLUMN, ADC)
