"""Outlines and area codes as the program ships them: the package `geogrid.boundaries`, or `data/boundaries` in a checkout."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from geogrid.simulate.profiles import Profile

PACKAGE = "geogrid.boundaries"


def boundaries() -> ModuleType:
    """Return the module with `outline`, `streets` and `communities`."""
    try:
        return importlib.import_module(PACKAGE)
    except ModuleNotFoundError:
        path = Path(__file__).parents[2] / "data" / "boundaries" / "__init__.py"
        spec = importlib.util.spec_from_file_location(PACKAGE, path, submodule_search_locations=[str(path.parent)])
        if spec is None or spec.loader is None:
            raise
        module = importlib.util.module_from_spec(spec)
        sys.modules[PACKAGE] = module
        spec.loader.exec_module(module)
        return module


def streets(code: str) -> pd.DataFrame:
    """Return code and name of the streets of district `code`."""
    return boundaries().streets(code)


def communities(code: str) -> pd.DataFrame:
    """Return code, name and streetCode of the communities and villages of district `code`."""
    return boundaries().communities(code)


def projected(profile: Profile) -> tuple[BaseGeometry, np.ndarray]:
    """Return the outline and the core (x, y) of a profile in its working CRS."""
    to_metres = Transformer.from_crs(4326, profile.epsg, always_xy=True)
    whole = [boundaries().outline(code) for code in profile.outlines or (profile.code,)]
    whole = whole[0] if len(whole) == 1 else shapely.union_all(whole)
    outline = shapely.transform(whole, lambda p: np.stack(to_metres.transform(p[:, 0], p[:, 1]), -1))
    return outline, np.array(to_metres.transform(*profile.core))
