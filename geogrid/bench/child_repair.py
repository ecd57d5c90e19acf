"""Mend one layer by one method in a process of its own: `python -m geogrid.bench.child_repair METHOD IN OUT TOLERANCE`."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import geopandas as gpd
import shapely

from geogrid.bench.meter import Meter, peak_rss_mb
from geogrid.mending import MAX_GAP_M, repair_layer

ANY_WIDTH_M = 100.0


def by_ours(frame: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Mend with the default limits."""
    return repair_layer(frame, tolerance_m=tolerance_m).frame


def by_ours_at_any_width(frame: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Mend overlaps of any width, as the peers do."""
    return repair_layer(frame, tolerance_m=tolerance_m, max_overlap_m=ANY_WIDTH_M).frame


def by_coverage_clean(frame: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Clean with GEOS, in metres: the same width of gaps and snapping distance, overlaps by longest border."""
    metric = frame.to_crs(frame.estimate_utm_crs()) if frame.crs is not None and frame.crs.is_geographic else frame
    clean = shapely.coverage_clean(metric.geometry.to_numpy(), snapping_distance=tolerance_m, gap_width=MAX_GAP_M, merge_strategy="longest_border")
    return metric.set_geometry(gpd.GeoSeries(clean, index=frame.index, crs=metric.crs))


METHODS = {"geogrid repair": by_ours, "geogrid repair, any overlap": by_ours_at_any_width, "shapely.coverage_clean": by_coverage_clean}

if __name__ == "__main__":
    method, source, target, tolerance_m = sys.argv[1:]
    layer = gpd.read_parquet(source)
    meter = Meter()
    METHODS[method](layer, float(tolerance_m)).to_parquet(Path(target))
    print(json.dumps({"call_cpu_s": meter.read()["cpu_s"], "cpu_s": round(time.process_time(), 3), "peak_rss_mb": peak_rss_mb()}))
