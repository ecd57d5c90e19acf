"""A project in one screen: the JSON that `geogrid build` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geogrid.store.project import Project


def summarise(project: Project) -> dict[str, Any]:
    """Return units, households and exceptions per level, sites and unmatched ones per kind, rejected rows per role, findings, time, memory."""
    findings = project.findings()["severity"].value_counts()
    rejected = project.rejected()["role"].value_counts().sort_index()
    return {
        "project": str(project.path),
        "name": project.name,
        "crs": project.crs.to_string(),
        "levels": {level: _level(project, level) for level in project.levels},
        "sites": {role.removesuffix("s"): _sites(project, role) for role in project.site_roles},
        "rejected": {role: int(count) for role, count in rejected.items()},
        **({"declared": counts} if (counts := _declared(project)) else {}),
        "findings": {severity: int(findings.get(severity, 0)) for severity in ("error", "warning")},
        "seconds": project.meta["seconds"],
        "peak_rss_mb": project.meta["peak_rss_mb"],
    }


def _declared(project: Project) -> dict[str, int]:
    """Return how many declared figures held when the project was built, empty where none were declared."""
    return dict((project.meta.get("declared") or {}).get("counts", {}))


def _level(project: Project, level: str) -> dict[str, int | None]:
    """Figures of a level; `in_bounds` is null where the scheme sets no bounds."""
    units, households, inside, exceptions = project.count_units(level)
    bound = project.scheme.level(level).households is not None
    return {"units": units, "households": households, "in_bounds": inside if bound else None, "exceptions": exceptions}


def _sites(project: Project, role: str) -> dict[str, int]:
    sites = project.sites(role)
    alone = (sites[project.levels] == "").all(axis=1)
    return {"n": len(sites), "unmatched": int(alone.sum())}
