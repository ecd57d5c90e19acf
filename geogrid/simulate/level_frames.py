"""The polygons that a system's scheme has levels for: what it has none for is not handed over, and streets may go by another name (园区)."""

from __future__ import annotations

import geopandas as gpd

from geogrid.scheme import read_scheme
from geogrid.simulate.profiles import Profile

STREETS, COMMUNITIES = "streets", "communities"


def with_levels(frames: dict[str, gpd.GeoDataFrame], profile: Profile) -> dict[str, gpd.GeoDataFrame]:
    """Return the frames, the streets under the role of the one given level above communities, and none that the scheme has no level for."""
    given = [level.role for level in read_scheme(profile.scheme).levels if level.make == "given"]
    out = {role: frame for role, frame in frames.items() if role not in (STREETS, COMMUNITIES) or role in given}
    return out | {role: frames[STREETS] for role in given if role not in (STREETS, COMMUNITIES)}
