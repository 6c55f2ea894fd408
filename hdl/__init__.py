"""Amaranth generators of the core: what becomes silicon. Knows neither torch nor the golden model."""
