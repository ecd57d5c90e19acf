"""The one place that knows the order: files → sources → ground → plan → findings → project."""

from geogrid.pipeline.build import Progress, build

__all__ = ["Progress", "build"]
