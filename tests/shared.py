"""Where the real data and the browser are: outside the project, found by GEOGRID_SHARED (or beside the checkout) and GEOGRID_CHROMIUM."""

import os
import shutil
from pathlib import Path

import pytest


def shared_path(name: str) -> Path:
    """Return the path of a real data file, or skip the calling test with the reason."""
    roots = [Path(os.environ["GEOGRID_SHARED"])] if "GEOGRID_SHARED" in os.environ else [Path(__file__).parents[2] / "shared"]
    for root in roots:
        path = root / "data" / name
        if path.exists():
            return path
    pytest.skip(f"real data not here: {name} (set GEOGRID_SHARED)")


ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
"""How tests start Chromium: it asks nobody outside for anything."""


def find_chromium() -> str:
    """Return the path of Chromium, or "" where there is none and its tests are skipped."""
    names = (os.environ.get("GEOGRID_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), "")
