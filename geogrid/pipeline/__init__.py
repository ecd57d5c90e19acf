"""The one place that knows the order: files → sources → ground → plan → findings → project."""

from geogrid.pipeline.build import Progress, build
from geogrid.pipeline.simulated import simulate_sources

__all__ = ["Progress", "build", "simulate_sources"]
