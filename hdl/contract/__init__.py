"""Contract between golden, driver and hardware.

Program, rows and registers, without Amaranth.
"""
