"""Safe mending of a layer of polygons: what is clear is mended and reported, what is ambiguous is listed."""

from geogrid.mending.repair import MAX_GAP_M, MAX_OVERLAP_M, Repair, repair_layer

__all__ = ["MAX_GAP_M", "MAX_OVERLAP_M", "Repair", "repair_layer"]
