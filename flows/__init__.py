"""Commands: thin, resumable steps from a configuration to a report. Arithmetic lives in golden."""
