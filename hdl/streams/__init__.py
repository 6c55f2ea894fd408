"""Beats of the streams, and what joins or splits them."""
