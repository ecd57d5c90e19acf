"""Nightly export: every level of a project as GeoJSON for other systems, and what a validation finds.

    python scripts/export_geojson.py project.gpkg folder

Exits 1 when there are findings of severity error, so that the job that runs it can tell. Copy it and change it.
"""

import sys
from pathlib import Path

import geogrid
from geogrid.exchange import export


def main(project_path: str, folder: str) -> int:
    """Write one file a level into `folder` and return the exit code."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    with geogrid.open_project(project_path) as project:
        for level in [*project.levels, *project.site_roles]:
            export(project, level, Path(folder) / f"{level}.geojson")
        findings = project.validate()
    print(findings["severity"].value_counts().to_dict())
    return int((findings["severity"] == "error").any())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
