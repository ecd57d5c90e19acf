"""Rules: a plan or a bare layer of polygons in, findings out. No rule raises over faulty data, none mends it."""

from geogrid.rules.bare import ColumnError, unit_names, validate_layer
from geogrid.rules.columns import code_column
from geogrid.rules.layer import find_layer
from geogrid.rules.plan import find_cells, find_plan
from geogrid.rules.status import status

__all__ = ["ColumnError", "code_column", "find_cells", "find_layer", "find_plan", "status", "unit_names", "validate_layer"]
