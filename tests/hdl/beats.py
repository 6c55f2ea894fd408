"""Values as beats of the streams."""


def pixel_beats(config, pixels, *, fill=1):
    """Cut one input into beats; ``fill`` is in the pixels past its last, which must not matter."""
    width = config.ports.pixels_per_beat
    padded = [*pixels, *[fill] * (config.beats_per_input * width - len(pixels))]
    return [{"pixels": padded[start : start + width]} for start in range(0, len(padded), width)]


def result_beats(members):
    """Return members of shape (n, classes) by name as beats of the stream of results."""
    columns = {name: values.flatten().tolist() for name, values in members.items()}
    return [dict(zip(columns, beat, strict=True)) for beat in zip(*columns.values(), strict=True)]
