"""A client of the editing interface over the tiny project: what a page does with documents and deltas, in a few lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from geogrid.store import write_project
from tests.tiny import tiny_contents
from web import create_app


def edit_client(folder: Path) -> FlaskClient:
    """Return a client of a service over the tiny project in a folder."""
    path = folder / "tiny.gpkg"
    if not path.exists():
        write_project(tiny_contents(), path)
    return create_app(path).test_client()


def area(client: FlaskClient, **arguments: Any) -> dict[str, Any]:
    """Return an area document."""
    answer = client.get("/api/edit/area", query_string=arguments)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def post(client: FlaskClient, address: str, status: int = 200, **body: Any) -> dict[str, Any]:
    """Send a body, and return the answer, which must have the status."""
    answer = client.post(address, json=body)
    assert answer.status_code == status, answer.text
    return answer.get_json()


def edit(client: FlaskClient, edit: dict[str, Any], base: int | None = None, status: int = 200, **more: Any) -> dict[str, Any]:
    """Make one edit on the version that there is now, or on a `base`."""
    version = client.get("/api/changes", query_string={"plan": more.get("plan", "main"), "since": 10**9}).get_json()["version"]
    return post(client, "/api/edits", status, edit=edit, base_version=version if base is None else base, **more)


def told(document: dict[str, Any]) -> dict[str, Any]:
    """Return what an area document says of units and atoms, by code, without the order of rows."""
    codes = document["units"]["code"]
    atoms = {code: codes[leaf] if leaf >= 0 else None for code, leaf in zip(document["atoms"]["code"], document["atoms"]["leaf"], strict=True)}
    names = ("level", "name", "kind", "households", "area_m2", "perimeter_m", "reason", "note", "status")
    rows = zip(codes, document["units"]["parent"], *(document["units"][name] for name in names), strict=True)
    units = {code: {"parent": codes[parent] if parent >= 0 else None, **dict(zip(names, values, strict=True))} for code, parent, *values in rows}
    return {"atoms": atoms, "units": units, "outlines": dict(document["outlines"])}


def applied(before: dict[str, Any], delta: dict[str, Any]) -> dict[str, Any]:
    """Return what a page knows (`told`) after it has taken over a delta."""
    units = {code: dict(unit) for code, unit in before["units"].items()}
    outlines = {code: rings for code, rings in before["outlines"].items() if code not in delta["retired"]}
    renamed = {unit["code_before"]: unit["code"] for unit in delta["units"] if unit["code_before"]}
    for code in [*delta["retired"], *renamed]:
        units.pop(code, None)
        outlines.pop(code, None) if code not in renamed.values() else None
    for unit in delta["units"]:
        units[unit["code"]] = {name: value for name, value in unit.items() if name not in ("code", "code_before")}
    atoms = {code: renamed.get(unit, unit) for code, unit in before["atoms"].items()} | dict(delta["atoms"])
    return {"atoms": atoms, "units": units, "outlines": {**outlines, **delta["outlines"]}}
