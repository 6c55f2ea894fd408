"""Device model of the macros of a core."""

from golden.arrays import MacroCells
from golden.devices import Pair, devices
from hdl.config import CoreConfig, InputError

from ..base.bounds import LATEST, check_choices, check_real

__all__ = ["macro_cells"]

#: Device that is the arrays where none is named.
_DEVICE = "pcm"


def macro_cells(
    config: CoreConfig,
    *,
    device: str | None = None,
    chip: int | None = None,
    noise_target: float | None = None,
    horizon: float | None = None,
) -> MacroCells | None:
    """Return the cells of a chip, and None for a core without macros.

    Parameters
    ----------
    config
        Configuration of the core.
    device
        Name of a device model, by default `pcm`.
    chip
        Number of the chip, by default 0.
    noise_target
        Conductance of the noise cells, µS; by default the middle of the device's range.
    horizon
        Age at which weights have the wanted P on average, s; by default targets are as if cells were exact.

    Raises
    ------
    InputError
        There is no such device, it cannot be the cells of a macro, or one is named for a core without macros.
    """
    if config.macro is None:
        given = {"device": device, "chip": chip, "noise_target": noise_target, "horizon": horizon}
        for name, value in given.items():
            if value is not None:
                raise InputError(f"{name} must be omitted for {config.name!r}, which has no macros, not {value!r}")
        return None
    known = devices()
    device = _DEVICE if device is None else device
    check_choices("device", [device], known)
    model = known[device]
    middle = sum(model.limits) / 2 if noise_target is None else noise_target
    if horizon is not None:
        check_real("horizon", horizon, model.first_read, min(model.last_read, LATEST))
        if config.sensing.converts:
            raise InputError(f"horizon must be omitted with converters, not {horizon:g}")
    return MacroCells(pair=Pair(model=model, noise_target=middle), seed=chip or 0, horizon=horizon)
