"""`python -m geogrid.reach`: compile the inner loops into their cache by toy districts, so that the first question need not wait."""

import geopandas as gpd
import numpy as np
import shapely

from geogrid.reach.capacity import allot
from geogrid.reach.network import Network
from geogrid.reach.snapping import Blocks
from geogrid.reach.walking import NETWORK, Ground, nearest


def main() -> None:
    """Answer one question of each kind."""
    stations()


def stations() -> None:
    """Walk from two doors to two stations along a street and across a block, and fill the stations up."""
    street = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (400, 0)]), shapely.LineString([(200, 0), (200, 300)])])
    ground = Ground(Network.of(street), 1.3, NETWORK, Blocks(np.array([shapely.box(0, 0, 400, 400)]), np.array([1])))
    doors, sites = np.array([[50.0, 90.0], [300.0, 20.0]]), np.array([[60.0, 90.0], [390.0, 5.0]])
    pairs = nearest(ground, doors, sites, k=2)
    allot((pairs.demand, pairs.station, pairs.walk_m), np.array([5, 5]), np.array([5.0, np.nan]))


if __name__ == "__main__":
    main()
