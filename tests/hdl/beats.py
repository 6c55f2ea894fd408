"""Pixels as beats of the input stream."""


def pixel_beats(config, pixels, *, fill=1):
    """Cut one input into beats; ``fill`` is in the pixels past its last, which must not matter."""
    width = config.ports.pixels_per_beat
    padded = [*pixels, *[fill] * (config.beats_per_input * width - len(pixels))]
    return [{"pixels": padded[start : start + width]} for start in range(0, len(padded), width)]
