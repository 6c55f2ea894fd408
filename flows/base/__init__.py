"""Files, products, console and pictures: shared by all steps."""
