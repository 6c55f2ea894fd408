"""Studies: measurements with tables, pictures and pages."""
