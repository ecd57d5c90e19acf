"""`python -m geogrid.reach`: compile the inner loops into their cache by toy districts, so that the first question need not wait."""

import geopandas as gpd
import numpy as np
import shapely

from geogrid.reach.capacity import allot
from geogrid.reach.facades import facades
from geogrid.reach.network import Network
from geogrid.reach.patrol_fixes import Limits, ready
from geogrid.reach.patrol_share import Ground as Walked
from geogrid.reach.patrol_share import walk
from geogrid.reach.patrol_streets import Streets
from geogrid.reach.place import place
from geogrid.reach.scene import Scene
from geogrid.reach.sectors import Sectors
from geogrid.reach.seen_lines import seen_lines
from geogrid.reach.seen_points import seen_points
from geogrid.reach.snapping import Blocks
from geogrid.reach.visible import look
from geogrid.reach.walking import NETWORK, Ground, nearest


def main() -> None:
    """Answer one question of each kind."""
    stations()
    cameras()
    patrols()


def stations() -> None:
    """Walk from two doors to two stations along a street and across a block, and fill the stations up."""
    street = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (400, 0)]), shapely.LineString([(200, 0), (200, 300)])])
    ground = Ground(Network.of(street), 1.3, NETWORK, Blocks(np.array([shapely.box(0, 0, 400, 400)]), np.array([1])))
    doors, sites = np.array([[50.0, 90.0], [300.0, 20.0]]), np.array([[60.0, 90.0], [390.0, 5.0]])
    pairs = nearest(ground, doors, sites, k=2)
    allot((pairs.demand, pairs.station, pairs.walk_m), np.array([5, 5]), np.array([5.0, np.nan]))


def cameras() -> None:
    """Look down a street past a fence and two houses that overlap, at doors and façades."""
    houses = np.array([shapely.box(10, 5, 30, 20), shapely.box(20, 15, 40, 30)])
    scene = Scene.of(houses, np.array([shapely.LineString([(0, -10), (40, -10)])]), np.array([9.0, np.nan]))
    x, y, _ = place(scene, np.array([5.0, 10.0]), np.array([0.0, 6.0]))
    regions = look(scene, Sectors.of(x, y, 90, [360, 60], 100))
    street = np.array([[0.0, 0.0, 200.0, 0.0], [200.0, 0.0, 200.0, 100.0]])
    regions.area_m2(), regions.polygons(), facades(regions, 30)
    seen_lines(regions, street), seen_points(regions, street[:, :2])


def patrols() -> None:
    """Walk a patrol round a corner, past a door."""
    streets = Streets.of(Network.of(gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (200, 0), (200, 100)])])))
    grid = gpd.GeoDataFrame({"code": ["1"], "parent": [""]}, geometry=[shapely.box(0, 0, 200, 100)])
    door = gpd.GeoDataFrame({"grid": ["1"]}, geometry=[shapely.Point(5, 5)])
    fixes = ready(np.array([[1.0, 1.0], [9.0, 1.0]]), np.array([1e9, 1e9 + 5]), np.zeros(2, int), np.zeros(2), Limits())
    walk(Walked.of(streets, door, {"grid": grid}), fixes, Limits(), 15.0)


if __name__ == "__main__":
    main()
