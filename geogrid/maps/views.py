"""Which map stands on which page: what it shows first, what it fills, where it looks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import shapely

from geogrid.errors import NotFoundError
from geogrid.maps.data import ROLES, WGS84, all_sites
from geogrid.maps.kinds import kinds_of
from geogrid.maps.page import MapPage
from geogrid.maps.project import ProjectLike, is_fine, level_ids, once, to_crs
from geogrid.maps.words import words

# line widths in pixels of the top level, the next, … on the whole district and close up; a level below the last takes the last
_FAR_PX, _NEAR_PX = (1.8, 0.8, 0.4, 0.3), (3.0, 2.6, 1.2, 0.6)
_KNOWN_WIDTHS = {"street": (1.8, 3.0), "community": (0.8, 2.6), "grid": (0.4, 1.2), "microgrid": (0.3, 0.6)}
CHECKS_ZOOM = 23  # a screen pixel is some millimetres: faults are as narrow as that
DOTS_ZOOM = 14  # stations of one kind are few enough to stand each at its place
SIGNS_ZOOM = 15  # clusters of cameras on the whole district would hide what they do not see
EDIT_ZOOM = 21  # a line is drawn to some centimetres
_LABEL_ZOOM = {"street": 0, "community": 12, "grid": 14, "microgrid": 17}


def overview(project: ProjectLike, *, lang: str) -> MapPage:
    """All levels, filled by the bounds of the lowest level that the whole district can show."""
    return _page(project, "overview", lang, {})


def unit(project: ProjectLike, code: str, *, lang: str) -> MapPage:
    """One unit, selected, with its children; NotFoundError if no level has the code."""
    level = next((level for level in reversed(level_ids(project)) if code in project.units(level).index), None)
    if level is None:
        raise NotFoundError(f"no unit with the code {code!r}", f"没有编码为 {code!r} 的区划单元", value=code)
    box = _box(project, ("box", level, code), project.units(level).geometry[code])
    below = level_ids(project)[level_ids(project).index(level) + 1 :]
    focus = {"level": level, "code": code, "box": box}
    return _page(project, "unit", lang, {"focus": focus, "level": below[0] if below else level, "fill": "bounds", "on": ["stations", "cameras"]})


def stations(project: ProjectLike, *, lang: str) -> MapPage:
    """Stations by kind; units tinted by the share that is not served, which the page tells, and homes that it draws."""
    first = {"fill": "measure", "level": _community(project), "on": ["stations"], "off": _fine_layers(project), "dots_below": DOTS_ZOOM}
    return _page(project, "stations", lang, first)


def cameras(project: ProjectLike, *, lang: str) -> MapPage:
    """What is blind: units tinted by the share that the page tells, cameras from close by; the page's own script says more of one than a popup."""
    first = {"fill": "measure", "on": ["cameras"], "off": _fine_layers(project), "site_cards": True, "signs_from": SIGNS_ZOOM}
    return _page(project, "cameras", lang, first)


def patrols(project: ProjectLike, *, lang: str) -> MapPage:
    """What was not walked: units tinted by the share that the page tells, and the streets that it draws."""
    return _page(project, "patrols", lang, {"fill": "measure", "off": _fine_layers(project)})


def events(project: ProjectLike, *, lang: str) -> MapPage:
    """What happened: units tinted by what is still open, which the page tells, and the events themselves, which it fetches."""
    first = {"fill": "measure", "level": _community(project), "off": _fine_layers(project), "site_cards": True}
    return _page(project, "events", lang, first)


def people(project: ProjectLike, *, lang: str) -> MapPage:
    """Units tinted where the page tells that somebody is missing."""
    return _page(project, "people", lang, {"fill": "measure", "off": _fine_layers(project)})


def organisations(project: ProjectLike, *, lang: str) -> MapPage:
    """Units tinted where the page tells that they have no organisation."""
    return _page(project, "organisations", lang, {"fill": "measure", "off": _fine_layers(project)})


def sheets(project: ProjectLike, *, lang: str) -> MapPage:
    """Units by identity, with the hue that each has on its notice."""
    return _page(project, "sheets", lang, {"fill": "identity", "off": _fine_layers(project)})


def checks(project: ProjectLike, *, lang: str) -> MapPage:
    """What was found, each at its place, over units by identity."""
    return _page(
        project, "checks", lang, {"fill": "identity", "on": ["findings"], "off": _fine_layers(project), "faults": True, "top_zoom": CHECKS_ZOOM}
    )


def declared(project: ProjectLike, *, lang: str) -> MapPage:
    """Units by identity, to mark those on which a declared figure does not hold."""
    return _page(project, "declared", lang, {"fill": "identity", "off": _fine_layers(project)})


def edit(project: ProjectLike, *, lang: str) -> MapPage:
    """The base map, on which the editor's script paints all units itself; until it does, the page may show a level to choose a place from.

    `edit_levels` are the levels for that script.
    """
    first = settings(project, lang)
    hidden = {"fill": "none", "off": [f"u:{level['id']}" for level in first["levels"]]}
    return MapPage({**first, **hidden, "page": "edit", "edit_levels": first["levels"], "top_zoom": EDIT_ZOOM}, _title(project, lang))


def _page(project: ProjectLike, page: str, lang: str, first: Mapping[str, Any]) -> MapPage:
    return MapPage({**settings(project, lang), "page": page, **first}, _title(project, lang))


def _title(project: ProjectLike, lang: str) -> str:
    return words(lang)["map"].format(name=project.name)


def settings(project: ProjectLike, lang: str) -> dict[str, Any]:
    """Return what every map of the project starts with."""
    levels = [_level(project, level, lang) for level in level_ids(project)]
    coarse = [level["id"] for level in levels if not level["fine"]]
    return {
        "lang": "en" if lang.startswith("en") else "zh",
        "words": words(lang),
        "name": project.name,
        "bounds": _box(project, "box", project.district),
        "levels": levels,
        "level": coarse[-1] if coarse else (levels[-1]["id"] if levels else ""),
        "fill": "bounds" if any(level["households"] for level in levels) else "identity",
        "on": [],
        "off": [],
        "source": source_line(project, lang),
        "simulated": bool(project.meta.get("simulated")),
        "kinds": {role: once(project, ("kinds", role), lambda role=role: kinds_of(project.scheme, role, all_sites(project, role))) for role in ROLES},
    }


def source_line(project: ProjectLike, lang: str) -> list[str]:
    """Return what the corner strip says: simulated, source, date, coordinate system."""
    meta = project.meta
    simulated = words(lang)["simulated"].format(seed=meta.get("seed", 0)) if meta.get("simulated") else ""
    crs = "CGCS2000" if "CGCS2000" in str(project.crs.name) else str(project.crs.name)
    return [part for part in (simulated, "" if simulated else str(meta.get("source") or ""), str(meta.get("date") or ""), crs) if part]


def _level(project: ProjectLike, level_id: str, lang: str) -> dict[str, Any]:
    level = project.scheme.level(level_id)
    order = level_ids(project).index(level_id)
    depth = min(order + (4 - len(level_ids(project)) if len(level_ids(project)) < 4 else 0), 3)
    far, near = _KNOWN_WIDTHS.get(level_id, (_FAR_PX[depth], _NEAR_PX[depth]))
    return {
        "id": level_id,
        "name": level.name.say(lang),
        "households": list(level.households) if level.households else None,
        "fine": is_fine(project, level_id),
        "n": len(project.units(level_id)),
        "far": far,
        "near": near,
        "label": _LABEL_ZOOM.get(level_id, (0, 12, 14, 17)[depth]),
        "digits": level.code.digits if level.code and level.code.parent else 0,
    }


def _fine_layers(project: ProjectLike) -> list[str]:
    """Fine levels stand back where the page is about something else; choosing one shows it."""
    return [f"u:{level}" for level in level_ids(project) if is_fine(project, level)]


def _community(project: ProjectLike) -> str:
    coarse = [level for level in level_ids(project) if not is_fine(project, level)]
    return "community" if "community" in coarse else (coarse[-1] if coarse else "")


def _box(project: ProjectLike, key: Any, shape: Any) -> list[float]:
    def make() -> list[float]:
        return shapely.bounds(to_crs([shape], project.crs, WGS84)[0]).round(6).tolist()

    return once(project, key, make)
