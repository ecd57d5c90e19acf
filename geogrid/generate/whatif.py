"""What if (演训测算): the same ground cut with other bounds, and the figures by which an office chooses between them, before anything is fixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np

from geogrid.errors import InputError
from geogrid.generate.existing import levels_of
from geogrid.generate.levels import Ground, make_levels
from geogrid.generate.plan import make_plan
from geogrid.measure import polsby_popper
from geogrid.plan import NO_UNIT, Plan
from geogrid.rules import status
from geogrid.scheme import Level

STOREY_M = 3.0
MAKES = ("bounds", "count")


@dataclass(frozen=True, eq=False)
class Outcome:
    """One choice of bounds and what comes of it; `plan` has units down to `level`.

    `units` = `base` + `dedicated`; `in_bounds` of the base units; `reasons`: how many units are out of bounds for which reason; `entrances` with
    homes and how many of them lie in several units; `compactness`: mean Polsby–Popper of the base units' outlines (0 … 1); `spread_m`: root mean
    square distance of a household from the middle of its unit, storeys of 3 m; `officers`: one a unit.
    """

    level: str
    households: tuple[int, int]
    plan: Plan
    units: int
    base: int
    dedicated: int
    in_bounds: int
    exceptions: int
    reasons: dict[str, int]
    households_mean: float
    entrances: int
    entrances_split: int
    compactness: float
    spread_m: float
    officers: int

    @property
    def in_bounds_share(self) -> float:
        """Share of the base units whose households lie within the bounds, 1 where there is none."""
        return self.in_bounds / self.base if self.base else 1.0

    def as_dict(self) -> dict[str, object]:
        """Return the figures as JSON has them."""
        names = ("units", "base", "dedicated", "in_bounds", "in_bounds_share", "exceptions", "reasons", "households_mean", "entrances")
        names += ("entrances_split", "compactness", "spread_m", "officers")
        figures = {name: getattr(self, name) for name in names}
        return {"households": list(self.households), **{k: round(v, 4) if isinstance(v, float) else v for k, v in figures.items()}}


def level_to_vary(ground: Ground, level_id: str = "") -> Level:
    """Return the level whose bounds are compared: the one named, else the lowest that has bounds. Raises InputError where it can have none."""
    levels = [level for level in ground.scheme.levels if level.make in MAKES and level.households]
    chosen = [level for level in levels if level.id == level_id] if level_id else levels[-1:]
    if chosen:
        return chosen[0]
    known = ", ".join(level.id for level in levels) or "none"
    said = level_id or "-"
    raise InputError(
        f"level {said}: only a level that is made by bounds can be compared; there are: {known}",
        f"层级 {said}：只能比较按户数划分的层级；可用：{known}",
        level=level_id,
    )


def compare(ground: Ground, level_id: str, bounds: Sequence[tuple[int, int]], *, plan: Plan | None = None) -> Iterator[Outcome]:
    """Cut `level_id` of the ground once for each pair of bounds (inclusive).

    The levels above are those of `plan`, which stands on the same base; without it they are made once, as a build makes them. What comes for the
    scheme's own bounds is what `make_plan` makes: a count that is laid down holds for them only, with others it is what comes of them. Yields one
    outcome after the other. Raises InputError for a level without bounds.
    """
    level = level_to_vary(ground, level_id)
    depth = ground.scheme.depth(level.id)
    last = ground.scheme.levels[depth - 1].id if depth else ""
    above = [] if not depth else levels_of(plan, last) if plan else make_levels(ground, until=last)
    for pair in bounds:
        free = {"make": "bounds"} if level.make == "count" and tuple(pair) != level.households else {}
        scheme = ground.scheme.with_levels({level.id: {"households": list(pair), **free}})
        yield measure(make_plan(replace(ground, scheme=scheme), until=level.id, done=above), level.id)


def measure(plan: Plan, level_id: str) -> Outcome:
    """Return the figures of one level of a plan."""
    bounds = plan.scheme.level(level_id).households
    frame, said = plan.frame(level_id), status(plan, level_id).to_numpy()
    base, out = said != "dedicated", (said == "above") | (said == "below")
    reasons = Counter(reason or "not_proven" for reason in frame["reason"][out])
    homes = frame["households"].to_numpy()[base]
    entrances, split = _entrances(plan, level_id)
    return Outcome(
        level=level_id,
        households=bounds or (0, 0),
        plan=plan,
        units=len(frame),
        base=int(base.sum()),
        dedicated=int((~base).sum()),
        in_bounds=int((base & ~out).sum()),
        exceptions=int(out.sum()),
        reasons=dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
        households_mean=float(homes.mean()) if len(homes) else 0.0,
        entrances=entrances,
        entrances_split=split,
        compactness=_compactness(frame, base),
        spread_m=_spread_m(plan, level_id),
        officers=len(frame),
    )


def _compactness(frame: gpd.GeoDataFrame, base: np.ndarray) -> float:
    return float(polsby_popper(frame.geometry.to_numpy()[base]).mean()) if base.any() else 0.0


def _entrances(plan: Plan, level_id: str) -> tuple[int, int]:
    """Number of cells with homes, and of those whose homes lie in several units."""
    owner, atoms = plan.owner(level_id), plan.base.atoms
    lived = (atoms["households"].to_numpy() > 0) & (owner != NO_UNIT)
    pairs = np.unique(np.c_[plan.base.cell_position, owner][lived], axis=0)
    _, n = np.unique(pairs[:, 0], return_counts=True)
    return len(n), int((n > 1).sum())


def _spread_m(plan: Plan, level_id: str) -> float:
    """Root mean square distance of a household from its unit's middle, in metres; a household stands at its cell's inner point and storey."""
    owner, base = plan.owner(level_id), plan.base
    weight = np.where(owner != NO_UNIT, base.atoms["households"].to_numpy(), 0).astype(float)
    total = weight.sum()
    if total == 0:
        return 0.0
    _, unit = np.unique(owner, return_inverse=True)
    centre = base.cells.geometry.representative_point()
    xyz = np.column_stack([centre.x, centre.y, np.zeros(len(centre))])[base.cell_position]
    xyz[:, 2] = STOREY_M * base.atoms["floor_from"].to_numpy()
    share = np.maximum(np.bincount(unit, weight), 1e-9)
    middle = np.column_stack([np.bincount(unit, weight * axis) / share for axis in xyz.T])
    return float(np.sqrt((weight * ((xyz - middle[unit]) ** 2).sum(axis=1)).sum() / total))
