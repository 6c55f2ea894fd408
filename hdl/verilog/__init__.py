"""Generation of Verilog from components."""
