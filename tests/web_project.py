"""The tiny project as a file, and the application that serves it, for the tests of pages."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from geogrid.store import write_project
from tests.tiny import tiny_contents
from web import create_app


def tiny_app(folder: Path) -> Flask:
    """Write the tiny project into `folder` and return its application, errors answered as users see them."""
    path = folder / "tiny.gpkg"
    write_project(tiny_contents(), path)
    return create_app(path)
