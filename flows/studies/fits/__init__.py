"""Study of the cells and cycles of column groups."""
