"""The contract between golden, driver and hardware: Program, rows, registers. Knows no Amaranth."""
