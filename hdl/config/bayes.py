"""The Bayesian method."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from .schemes import Scheme, schemes
from .section import PositiveInt, Probability, Section
from .weight_sampling import Sampling

__all__ = ["BayesConfig"]


def _known(name: str) -> str:
    if name not in schemes():
        raise PydanticCustomError("scheme", "Input should be one of {names}", {"names": ", ".join(schemes())})
    return name


#: Name of a scheme.
MethodName = Annotated[
    str, AfterValidator(_known), WithJsonSchema({"enum": list(schemes()), "type": "string"}, mode="validation")
]


class BayesConfig(Section):
    """Bayesian method and its sampling."""

    method: MethodName = "scale-dropout"
    """Where randomness enters the network: a scheme of `hdl.config.schemes`."""

    p: tuple[Probability, ...] = ()
    """Probability of dropping, one per hidden layer, convolutions first; empty where the method drops nothing."""

    passes: Annotated[int, Field(strict=True, ge=1)] = 16
    """Monte-Carlo passes T per input after reset."""

    max_passes: Annotated[int, Field(strict=True, ge=1, le=2**16)] = 64
    """Largest T that can be set at run time; the accumulators are wide enough for it."""

    order: Literal["plain", "prefix"] = "plain"
    """Order of the passes: as they are drawn, or each mask once, in an order in which those that agree in the first
    layers share what these compute. A pass then has a weight: how often its mask was drawn or, in the exact mode, its
    probability."""

    levels: Annotated[int, Field(strict=True, ge=2, le=17)] = 8
    """Values of a sampled scale, for the method `subset-vi`."""

    sets: Literal[2, 4, 8, 16, 32] = 4
    """Sets of weights in each layer but the first, for the method `ensemble`."""

    weight_bits: Annotated[int, Field(strict=True, ge=2, le=16)] = 8
    """Bits k of the probability code of each weight, for the method `sampled-weights`."""

    sampling: Sampling = "read"
    """Whether every read of the arrays draws its weights anew, or every pass, for the method `sampled-weights`."""

    generators: PositiveInt = 1
    """Draws side by side for each word line of a read, for the method `sampled-weights`: output m of a layer uses that
    with the number m mod `generators`."""

    #: Fields that belong to one scheme, which names them in its `fields`.
    OWN_FIELDS: ClassVar[tuple[str, ...]] = ("levels", "sets", "weight_bits", "sampling", "generators")

    @model_validator(mode="after")
    def _check_passes(self) -> Self:
        if self.passes > self.max_passes:
            raise ValueError(f"passes must be at most max_passes ({self.max_passes}), not {self.passes}")
        return self

    @model_validator(mode="after")
    def _check_own_fields(self) -> Self:
        for field in self.OWN_FIELDS:
            value, default = getattr(self, field), type(self).model_fields[field].default
            if field not in self.scheme.fields and value != default:
                raise ValueError(f"{field} must be left away for method {self.method!r}, not be {value!r}")
        return self

    @property
    def scheme(self) -> Scheme:
        """The scheme that is meant by `method`."""
        return schemes()[self.method]
