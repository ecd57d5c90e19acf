"""Noding: lines cut where they meet on a grid, and the faces that they close.

lines      what is tangled goes through the (dear) overlay, the rest stays as it is
faces      the faces between lines that meet end to end, walked round
buckets    neighbours found without comparing all with all
"""

from geogrid.noding.faces import find_faces
from geogrid.noding.lines import find_tangled, node, node_lines

__all__ = ["find_faces", "find_tangled", "node", "node_lines"]
