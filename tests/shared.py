"""Where the real data and the browser are: outside the project, found by GEOGRID_SHARED (or beside the checkout) and GEOGRID_CHROMIUM."""

import os
from pathlib import Path

import pytest

from geogrid.bench.browser import ARGUMENTS, find_chromium

__all__ = ["ARGUMENTS", "find_chromium", "shared_path"]


def shared_path(name: str) -> Path:
    """Return the path of a real data file, or skip the calling test with the reason."""
    roots = [Path(os.environ["GEOGRID_SHARED"])] if "GEOGRID_SHARED" in os.environ else [Path(__file__).parents[2] / "shared"]
    for root in roots:
        path = root / "data" / name
        if path.exists():
            return path
    pytest.skip(f"real data not here: {name} (set GEOGRID_SHARED)")
