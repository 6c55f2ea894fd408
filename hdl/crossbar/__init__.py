"""The compute-in-memory arrays with their controller."""
