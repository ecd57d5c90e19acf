"""The roster of a project, or of the part of one that a visitor sees: its tables and its places, read as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from geogrid.organisation import Places, Roster
from geogrid.store.contents import TABLE_ROLES


class Lazy(Mapping[str, Any]):
    """Names and what is read for each when it is asked for; it is kept nowhere here."""

    def __init__(self, names: list[str], read: Callable[[str], Any]) -> None:
        self._names, self._read = names, read

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return self._read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def roster_of(project: Any) -> Roster:
    """Return the roster of a `geogrid.store.Project`, or of what has its methods."""
    return Roster.of(tables_of(project), places_of(project), project.scheme)


def tables_of(project: Any) -> Mapping[str, Any]:
    """Return the tables of people and organisations that a project has."""
    return Lazy([role for role in TABLE_ROLES if role in project.tables], project.table)


def places_of(project: Any) -> Places:
    """Return where things of a project lie."""
    placed = [*project.site_roles, *(role for role in ("organisations",) if role in project.tables)]
    tables = project.tables
    layers = [
        *(name for name in ("buildings", "entrances", "compounds") if name in project.layers),
        *(["households"] if "households" in tables else []),
    ]
    units = project.units_and_above() if hasattr(project, "units_and_above") else {level: project.units(level) for level in project.levels}
    return Places.of(
        units,
        plan=project.plan,
        layers=Lazy(layers, lambda name: project.table(name) if name in tables else project.layer(name)),
        sites=Lazy(placed, lambda name: project.table(name) if name in tables else project.sites(name)),
        successors=project.successors,
    )
