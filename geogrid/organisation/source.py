"""The roster of a project, or of what has the methods of one: its tables and its places, read as they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from geogrid.organisation.places import Places
from geogrid.organisation.records import COLUMNS, read_table
from geogrid.organisation.roster import Roster

TABLES = (*COLUMNS, "overlays")
_LAYERS = ("buildings", "entrances", "compounds")


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
    return Roster.of(Lazy([name for name in TABLES if name in project.tables], project.table), places_of(project), project.scheme)


def places_of(project: Any) -> Places:
    """Return where things of a project lie."""
    tables = project.tables
    units = project.units_and_above() if hasattr(project, "units_and_above") else {level: project.units(level) for level in project.levels}
    layers = [*(name for name in _LAYERS if name in project.layers), *(name for name in ("households",) if name in tables)]
    placed = [*project.site_roles, *(name for name in ("organisations",) if name in tables)]
    return Places.of(
        units,
        plan=project.plan,
        layers=Lazy(layers, lambda name: project.table(name) if name in tables else project.layer(name)),
        sites=Lazy(placed, lambda name: _named(project.table(name)) if name in tables else project.sites(name)),
        successors=project.successors,
    )


def _named(organisations: Any) -> Any:
    """Give each organisation the id that the roster knows it by."""
    return organisations.assign(id=read_table({"organisations": organisations}, "organisations")["id"].to_numpy())
