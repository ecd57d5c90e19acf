"""Benchmarks that anyone can run: `geogrid bench NAME`. Figures are CPU seconds where they can be; ratios come from one run."""

from geogrid.bench.district import bench_district, bench_growth
from geogrid.bench.page import bench_page
from geogrid.bench.validation import bench_validate

BENCHES = {"district": bench_district, "growth": bench_growth, "validate": bench_validate, "page": bench_page}

__all__ = ["BENCHES", "bench_district", "bench_growth", "bench_page", "bench_validate"]
