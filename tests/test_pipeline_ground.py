"""What is ground and what is a house, before cells are made."""

import numpy as np
import shapely

from geogrid.pipeline.ground import SURROUNDED_N, is_ground


def street_parcel(holes: int) -> shapely.Polygon:
    """A parcel of streets round so many blocks."""
    blocks = [shapely.box(20 * i + 5, 5, 20 * i + 15, 15) for i in range(holes)]
    return shapely.box(0, 0, 20 * holes, 20).difference(shapely.union_all(blocks))


def houses(n: int) -> list[shapely.Polygon]:
    return [shapely.box(20 * i + 7, 7, 20 * i + 12, 12) for i in range(n)]


def test_a_parcel_that_surrounds_houses_is_ground():
    footprints = np.array([street_parcel(SURROUNDED_N), *houses(SURROUNDED_N)], dtype=object)
    assert is_ground(footprints).tolist() == [True] + [False] * SURROUNDED_N


def test_a_courtyard_house_with_a_shed_in_its_yard_is_a_house():
    footprints = np.array([street_parcel(1), *houses(1)], dtype=object)
    assert not is_ground(footprints).any()


def test_of_no_footprints_none_is_ground():
    assert is_ground(np.array([], dtype=object)).tolist() == []


def test_the_parts_of_a_parcel_count_together():
    n = SURROUNDED_N
    parcel = shapely.multipolygons([street_parcel(n - 1), shapely.transform(street_parcel(1), lambda xy: xy + np.array([20.0 * (n - 1), 0]))])
    assert is_ground(np.array([parcel, *houses(n)], dtype=object))[0]
