"""Cells: the land of each enclosure shared out among its buildings and entrances, a valid coverage by construction.

seeds, zones, openland    what wants a cell: buildings, parts of them round each entrance, points of open land
sampling, facing          points along the footprints, closer where walls face each other
delaunay, ridges          the lines halfway between points of different owners
cells                     those lines and the enclosures' rings noded on the 1 mm grid, the faces between them, each with its owner
borders                   given borders, along which cells keep the coordinates that were given
"""

from geogrid.tessellation.borders import follow_borders
from geogrid.tessellation.cells import Cells, tessellate

__all__ = ["Cells", "follow_borders", "tessellate"]
