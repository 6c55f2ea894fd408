"""From components to Verilog."""
