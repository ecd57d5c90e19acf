"""Simulated districts: real outlines, names and declared totals, invented streets, buildings, people counts, stations and cameras.

`simulate` returns frames and facts; `write_sources` writes them as the files an office would hand over, with a recipe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np

from geogrid.errors import InputError
from geogrid.scheme import read_scheme
from geogrid.simulate.district import Town, simulate_town
from geogrid.simulate.frames import in_compounds, make_frames
from geogrid.simulate.keep import kept_communities
from geogrid.simulate.level_frames import with_levels
from geogrid.simulate.naming import give_names
from geogrid.simulate.patrols import STREAM, walk_patrols
from geogrid.simulate.profiles import Profile, find_profile, systems
from geogrid.simulate.said import source_of
from geogrid.simulate.writing import write_sources

__all__ = ["SimulatedDistrict", "simulate", "systems", "write_sources"]


@dataclass(frozen=True, eq=False)
class SimulatedDistrict:
    """Frames by role in the working CRS, and facts: system, code, name, seed, scale, scheme, source, epsg, counts, counts_wanted, …"""

    frames: Mapping[str, gpd.GeoDataFrame]
    facts: Mapping[str, Any]


def simulate(system: str, *, seed: int = 0, scale: float = 1.0) -> SimulatedDistrict:
    """Simulate `system` (see `systems`), or about `scale` of its communities round the core.

    The same seed gives the same frames. Raises NotFoundError for an unknown system, InputError for a scale outside 0-1 or a negative seed.
    """
    profile = find_profile(system)
    if not 0 < scale <= 1:
        raise InputError(
            f"scale = {scale!r}: write a number above 0 and at most 1", f"scale = {scale!r}：应大于 0 且不超过 1", field="scale", value=scale
        )
    if seed < 0:
        raise InputError(f"seed = {seed!r}: write 0 or a positive number", f"seed = {seed!r}：应为 0 或正整数", field="seed", value=seed)
    town = simulate_town(profile, seed)
    kept = kept_communities(town, scale)
    frames = with_levels(make_frames(town, give_names(town, seed), kept), profile)
    if profile.patrols:
        rng = np.random.default_rng([seed, int(profile.code), STREAM])
        frames["patrols"] = walk_patrols(frames["roads"], frames["entrances"], frames["communities"], rng)
    return SimulatedDistrict(frames, _facts(profile, town, frames, kept, seed, scale))


def _scaled(profile: Profile, town: Town, frames: Mapping[str, gpd.GeoDataFrame], communities: int, share: float) -> dict[str, int]:
    """Return the counts of a part: by households, but of a level made of compounds by those; at least one a community."""
    scheme = read_scheme(profile.scheme)
    compounds = len(frames["compounds"]) / max(int(in_compounds(town).sum()), 1)
    parts = {level: compounds if scheme.level(level).make == "compound" else share for level in profile.counts}
    return {level: max(communities, round(n * parts[level])) for level, n in profile.counts.items()}


def _facts(profile: Profile, town: Town, frames: Mapping[str, gpd.GeoDataFrame], kept: np.ndarray, seed: int, scale: float) -> dict[str, Any]:
    households = int(frames["buildings"].households.sum())
    communities = len(kept)
    share = households / max(int(town.buildings.households.sum()), 1)
    whole = communities == len(town.divided.communities)
    return {
        "system": profile.system,
        "code": profile.code,
        "name": profile.name,
        "scheme": profile.scheme,
        "seed": seed,
        "scale": scale,
        "epsg": profile.epsg,
        "source": source_of(profile),
        "counts_wanted": dict(profile.counts) if whole else _scaled(profile, town, frames, max(communities, 1), share),
        "households": households,
        "persons": int(frames["buildings"].persons.sum()),
        "area_km2": float(np.round(frames["district"].area.sum() / 1e6, 4)),
        "declared_km2": profile.declared_km2,
        "declared": profile.declared if whole else (),
        "counts": {role: len(frame) for role, frame in frames.items()},
    }
