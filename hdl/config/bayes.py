"""Section of the Bayesian method."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .schemes import BayesConfig, sections

__all__ = ["AnyBayesConfig", "BayesConfig"]

#: Method of a section that names none.
_METHOD = "scale-dropout"


class _OfScheme:
    """The union of the sections of all schemes that are known when the configuration is first used."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        choices = {name: handler.generate_schema(section) for name, section in sections().items()}
        union = core_schema.tagged_union_schema(choices=choices, discriminator="method")
        return core_schema.no_info_before_validator_function(_with_method, union)


def _with_method(value: Any) -> Any:
    """Return a section with the method that is meant where it names none."""
    return {"method": _METHOD, **value} if isinstance(value, Mapping) else value


#: Section `bayes`, of whichever scheme.
AnyBayesConfig = Annotated[BayesConfig, _OfScheme()]
