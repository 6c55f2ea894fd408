"""Arrays that are macros outside the core: access, programming, references, counts."""
