"""Files, products, console and pictures."""
