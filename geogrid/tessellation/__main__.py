"""`python -m geogrid.tessellation`: compile the inner loops into their cache by dividing two toy blocks, so that the first build need not wait."""

import numpy as np
import shapely

from geogrid.tessellation import tessellate


def main() -> None:
    """Divide two blocks between a slab of two entrances, a house and open land."""
    blocks = np.array([shapely.box(0, 0, 400, 100), shapely.box(0, 100, 400, 200)])
    houses = np.array([shapely.box(10, 10, 50, 22), shapely.box(10, 22, 20, 40), shapely.box(60, 90, 70, 99.9)])
    doors = np.array([[20.0, 10.0], [40.0, 10.0]])
    tessellate(blocks, houses, entrance_xy=doors, entrance_building=np.array([0, 0]), land_cell_m=50)


if __name__ == "__main__":
    main()
