"""What the cameras of a plan see: figures by unit, streets by class, regions, over-reach; each part is computed once, when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geogrid.reach.camera_around import Around
from geogrid.reach.camera_lines import street_lines
from geogrid.reach.camera_next import next_cameras
from geogrid.reach.camera_over import find_over_reach
from geogrid.reach.camera_records import CameraSet, resolve
from geogrid.reach.camera_seen import Parts, View, find_parts, find_views
from geogrid.reach.camera_told import camera_findings, camera_notes
from geogrid.reach.camera_tried import hiding, try_camera
from geogrid.reach.camera_units import count_units
from geogrid.sites import as_points, join

STATUS = ("", "moved", "indoors")


@dataclass(frozen=True, eq=False)
class CameraReach:
    """Frames are in the working CRS (metres) and shared: copy one before you change it.

    `given`: the cameras shown, ordered by id, with a code per level and `outside_m`; `secret_n`: how many secret ones were left out.
    """

    given: gpd.GeoDataFrame
    around: Around
    secret_n: int = 0

    @classmethod
    def of(cls, cameras: gpd.GeoDataFrame, around: Around, *, with_secret: bool = False) -> CameraReach:
        """Make the reach of rows of the role `cameras` in the plan's CRS, joined to it or not (`geogrid.sites.join`)."""
        secret = cameras["secret"].fillna(False).to_numpy(dtype=bool) if "secret" in cameras else np.zeros(len(cameras), dtype=bool)
        shown = cameras if with_secret else cameras[~secret]
        levels = [level.id for level in around.scheme.levels]
        joined = shown if {*levels, "outside_m"} <= set(shown.columns) else join(shown, around.plan)
        return cls(_in_order(joined), around, 0 if with_secret else int(secret.sum()))

    @property
    def crs(self) -> CRS:
        """The working CRS."""
        return self.around.plan.base.crs

    @property
    def level(self) -> str:
        """The lowest level that has figures: the one whose borders cut streets."""
        return self.around.level

    @cached_property
    def kit(self) -> CameraSet:
        """What is known of each camera."""
        return resolve(self.given, self.around.scheme)

    @cached_property
    def _views(self) -> tuple[View, View, np.ndarray, np.ndarray]:
        places = as_points(self.given.geometry.to_numpy())
        xy = np.column_stack([shapely.get_x(places), shapely.get_y(places)])
        sure, perhaps, status = find_views(self.kit, xy[:, 0], xy[:, 1], self.around)
        status = np.where(np.isfinite(xy).all(axis=1), status, 0)
        return sure, perhaps, status, xy

    @property
    def sure(self) -> View:
        """What each camera sees whichever way it really points."""
        return self._views[0]

    @property
    def maybe(self) -> View:
        """What each camera sees for some way that it may point."""
        return self._views[1]

    @cached_property
    def cameras(self) -> gpd.GeoDataFrame:
        """One row per camera: what was given, resolved values, `uncertain_deg` `is_dome` `status` `defaults` (a tuple) `seen_m2` `perhaps_m2`."""
        kit, status = self.kit, self._views[2]
        names = {name: self.given[name] for name in ("kind", "name", "gb_code") if name in self.given}
        codes = {level.id: self.given[level.id] for level in self.around.scheme.levels}
        frame = {
            "id": kit.id,
            **{name: values.fillna("").astype(str).to_numpy(dtype=object) for name, values in names.items()},
            **{level: values.to_numpy() for level, values in codes.items()},
            "outside_m": self.given["outside_m"].to_numpy(),
            "ptz": kit.ptz,
            "direction_deg": kit.direction_deg,
            "uncertain_deg": kit.uncertain_deg,
            "angle_deg": kit.angle_deg,
            "range_m": kit.range_m,
            "height_m": kit.height_m,
            "is_dome": kit.is_dome,
            "status": np.array(STATUS, dtype=object)[status],
            "defaults": pd.Series(kit.defaults, dtype=object),
            "seen_m2": self.sure.regions.area_m2(),
            "perhaps_m2": self.maybe.regions.area_m2(),
        }
        return gpd.GeoDataFrame(pd.DataFrame(frame), geometry=self.given.geometry.to_numpy(), crs=self.crs)

    @cached_property
    def regions(self) -> gpd.GeoDataFrame:
        """What each camera sees surely: id geometry (empty where nothing)."""
        return gpd.GeoDataFrame({"id": self.kit.id}, geometry=self.sure.polygons, crs=self.crs)

    @cached_property
    def perhaps(self) -> gpd.GeoDataFrame:
        """What each camera sees for some way that it may point: id geometry."""
        return gpd.GeoDataFrame({"id": self.kit.id}, geometry=self.maybe.polygons, crs=self.crs)

    @cached_property
    def streets(self) -> gpd.GeoDataFrame:
        """Lines of one class ("sure", "perhaps", "blind") and one unit; see `street_lines`."""
        seen = self.maybe.streets + self.sure.streets
        return street_lines(self.around.streets, self.parts, seen, self.around.levels, self.crs)

    @cached_property
    def parts(self) -> Parts:
        """Parts of street pieces by class."""
        return find_parts(self.around.streets, self.sure.streets, self.maybe.streets)

    @property
    def blind_streets(self) -> gpd.GeoDataFrame:
        """Streets that no camera sees, not even perhaps."""
        return self.streets[self.streets["class"] == "blind"].reset_index(drop=True)

    @cached_property
    def entrances(self) -> gpd.GeoDataFrame:
        """Doors with `class` and `cameras`, as many as see it at least perhaps."""
        doors, n = self.around.doors, len(self.around.doors)
        surely, perhaps = np.bincount(self.sure.doors[1], minlength=n), np.bincount(self.maybe.doors[1], minlength=n)
        seen = np.where(surely > 0, "sure", np.where(perhaps > 0, "perhaps", "blind"))
        return doors.assign(**{"class": seen.astype(object), "cameras": np.maximum(surely, perhaps)})

    @property
    def blind_entrances(self) -> gpd.GeoDataFrame:
        """Doors that no camera sees, not even perhaps."""
        return self.entrances[self.entrances["class"] == "blind"].reset_index(drop=True)

    @cached_property
    def _figures(self) -> tuple[pd.DataFrame, dict[str, Any]]:
        around, streets = self.around, self.around.streets
        metres, at_all = streets.metres, self.sure.streets + self.maybe.streets
        per_camera = np.bincount(self.maybe.streets.line, self.maybe.streets.t1 - self.maybe.streets.t0, len(metres)) * metres
        of_streets = {"street_m": metres, "street_sure_m": self.sure.streets.seen_m(metres), "street_perhaps_m": at_all.seen_m(metres)}
        seen = self.entrances["class"].to_numpy()
        of_doors = {"entrances": np.ones(len(seen)), "entrances_sure": seen == "sure", "entrances_perhaps": seen != "blind"}
        area, surely = around.ground_m2, self.sure.ground_m2
        either = np.maximum(surely, self.maybe.ground_m2)
        of_ground = {"ground_m2": area, "ground_sure_m2": np.minimum(surely, area), "ground_perhaps_m2": np.minimum(either, area)}
        tallies = [
            (streets.codes, {**of_streets, "camera_m": per_camera}),
            (around.doors, of_doors),
            (around.places, of_ground),
            (self.given, {"cameras": np.ones(len(self.given))}),
        ]
        return count_units(tallies, around.levels)

    @property
    def camera_units(self) -> pd.DataFrame:
        """Figures of every unit of every level down to `level`; see `geogrid.reach.camera_units`."""
        return self._figures[0]

    @cached_property
    def streets_by_code(self) -> dict[tuple[str, str], tuple[float, float]]:
        """Metres of street, all and surely seen, of each unit by level and code."""
        units = self.camera_units
        keys = zip(units["level"], units["code"], strict=True)
        return dict(zip(keys, zip(units["street_m"].tolist(), units["street_sure_m"].tolist(), strict=True), strict=True))

    @property
    def whole(self) -> dict[str, Any]:
        """The same figures of the whole district; NaN where there is nothing to see."""
        return self._figures[1]

    @cached_property
    def over_reach(self) -> gpd.GeoDataFrame:
        """What cameras see that they should not; see `geogrid.reach.camera_over`."""
        return find_over_reach(self.kit.id, self.sure, self.maybe, self.around, self.crs)

    @cached_property
    def notes(self) -> list[dict[str, Any]]:
        """What the figures rest on: `{key, n, en, zh}`."""
        return camera_notes(self)

    @cached_property
    def findings(self) -> gpd.GeoDataFrame:
        """What is wrong, columns of `geogrid.findings.COLUMNS`."""
        return camera_findings(self)

    def hides(self, camera: str) -> gpd.GeoDataFrame:
        """Return what bounds the view of a camera (its id): `what` ("building", "wall"), `id`, `address`, geometry; empty where nothing does."""
        rows = np.flatnonzero(self.kit.id == camera)
        return hiding(self.maybe.regions, rows, self.around.obstacles, self.crs)

    def tried(self, x: float, y: float, **asked: Any) -> dict[str, Any]:
        """Return what one camera more at x, y (metres) would change; see `geogrid.reach.camera_tried.try_camera`."""
        return try_camera(self, x, y, **asked)

    def next_cameras(self, k: int = 5, ptz: str = "1", places: np.ndarray | None = None) -> gpd.GeoDataFrame:
        """Return up to `k` corners, or `places`, where cameras of a type help most; see `geogrid.reach.camera_next.next_cameras`."""
        return next_cameras(self, k, ptz, places)


def _in_order(cameras: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Order by id, and by place where ids repeat, so that the order of rows in a file changes nothing."""
    ids = cameras["id"].fillna("").astype(str) if "id" in cameras else pd.Series("", index=cameras.index)
    others = cameras.drop(columns=[name for name in ("id", "row", "geometry") if name in cameras]).astype(str)
    rest = ["|".join(map(str, row)) for row in others.itertuples(index=False, name=None)]
    places = cameras.geometry.to_wkb(hex=True).fillna("").to_numpy(dtype=object)
    order = pd.DataFrame({"id": ids.to_numpy(), "place": places, "rest": rest}).sort_values(["id", "place", "rest"], kind="stable").index
    return cameras.iloc[order].reset_index(drop=True)
