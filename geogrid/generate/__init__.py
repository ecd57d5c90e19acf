"""From sources to a plan: households, cells and atoms, then the units of each level from the top down."""

from geogrid.generate.base import make_base
from geogrid.generate.doors import find_doors
from geogrid.generate.households import Homes, count_homes
from geogrid.generate.levels import Ground
from geogrid.generate.merging import merge_parts
from geogrid.generate.mesh import home_points, make_mesh
from geogrid.generate.plan import make_plan

__all__ = ["Ground", "Homes", "count_homes", "find_doors", "home_points", "make_base", "make_mesh", "make_plan", "merge_parts"]
