"""Device model of the macros of a core."""

from golden.arrays import MacroCells
from golden.devices import Pair, devices
from hdl.config import CoreConfig, InputError

__all__ = ["macro_cells"]


def macro_cells(
    config: CoreConfig, *, device: str = "pcm", chip: int = 0, noise_target: float | None = None
) -> MacroCells | None:
    """Return the cells of a chip, and None for a core without macros.

    Parameters
    ----------
    config
        Configuration of the core.
    device
        Name of a device model.
    chip
        Number of the chip.
    noise_target
        Conductance of the noise cells, µS; by default the middle of the device's range.

    Raises
    ------
    InputError
        There is no such device, or it cannot be the cells of a macro.
    """
    if config.macro is None:
        return None
    known = devices()
    if device not in known:
        raise InputError(f"device must be one of {', '.join(known)}, not {device!r}")
    model = known[device]
    middle = sum(model.limits) / 2 if noise_target is None else noise_target
    return MacroCells(pair=Pair(model=model, noise_target=middle), seed=chip)
