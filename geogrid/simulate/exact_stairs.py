"""A declared number of stairwells: buildings that have more than one lose one, the longest first, and are shorter by it, until the number is met."""

from __future__ import annotations

import geopandas as gpd
import numpy as np

from geogrid.errors import GeogridError
from geogrid.simulate.footprints import draw

DRAWN = ("x", "y", "angle", "length_m", "width_m", "template")


def with_stairwells(buildings: gpd.GeoDataFrame, wanted: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return the buildings with `wanted` stairwells in all. Raises GeogridError where there are fewer."""
    stairs = np.where(buildings.flats > 0, buildings.stairs, 0).astype(np.int64)
    over = int(stairs.sum()) - wanted
    if not 0 <= over <= int(np.maximum(stairs - 1, 0).sum()):
        raise GeogridError(
            f"this seed leaves {stairs.sum()} stairwells where {wanted} are declared: take another seed",
            f"此种子有 {stairs.sum()} 个单元，公布数为 {wanted}：请换一个种子",
        )
    chance, left = rng.random(len(stairs)), stairs.copy()
    while over > 0:
        order = np.lexsort((chance, -left))
        order = order[left[order] > 1][:over]
        left[order] -= 1
        over -= len(order)
    changed = np.flatnonzero(left < stairs)
    table = buildings.copy()
    template = buildings.template.to_numpy(object)
    template[changed] = [f"{name.rstrip('0123456789')}{n}" for name, n in zip(template[changed], left[changed], strict=True)]
    length = buildings.length_m.to_numpy().copy()
    length[changed] *= left[changed] / stairs[changed]
    table["template"], table["length_m"], table["stairs"] = template, length, np.where(buildings.flats > 0, left, buildings.stairs)
    shapes = buildings.geometry.to_numpy().copy()
    shapes[changed] = draw(*(table[c].to_numpy()[changed] for c in DRAWN))
    return table.set_geometry(shapes, crs=buildings.crs)
