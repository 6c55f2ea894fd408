"""Templates of the files of a packaged core."""

import functools
import json

import jinja2

__all__ = ["template"]


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("flows.road.package"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        # None of the output is HTML.
        autoescape=jinja2.select_autoescape(default=False),
    )
    environment.filters["quoted"] = json.dumps
    return environment


def template(file: str, /, **values: object) -> str:
    """Return the template ``file`` of this package, filled in with ``values``."""
    return _environment().get_template(f"{file}.jinja").render(**values)
