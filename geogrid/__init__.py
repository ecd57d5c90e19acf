"""geogrid: the grids that a Chinese city is run through, generated, checked and mapped.

    project = geogrid.build("recipe.toml", "lixia.gpkg")
    project.units("microgrid")

A plan assigns atoms (floors of an entrance, a house, a piece of land) to units; every polygon is derived from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geogrid.mending import repair_layer
    from geogrid.pipeline.build import build
    from geogrid.rules import validate_layer
    from geogrid.store import open_project

__all__ = ["build", "open_project", "repair_layer", "validate_layer"]
_HOME = {
    "build": "geogrid.pipeline.build",
    "open_project": "geogrid.store",
    "repair_layer": "geogrid.mending",
    "validate_layer": "geogrid.rules",
}
_ROOMS = ("partition",)


def __getattr__(name: str) -> Any:  # the rooms are heavy: each is opened when it is first asked for
    import importlib

    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    if name in _ROOMS:
        return importlib.import_module(f"geogrid.{name}")
    raise AttributeError(f"module 'geogrid' has no attribute {name!r}")
