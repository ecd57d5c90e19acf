"""Clauses of every row: it builds, nests and leaves no gap, every level can be exported, every page stands in a real browser."""

from __future__ import annotations

from accept.clause import Clause, at_most, equal, holds
from accept.pages import look
from accept.row import Row
from geogrid.bench.browser import find_chromium

COVER = ("gap", "overlap", "outside_parent", "not_edge_matched", "floor_overlap", "geometry_invalid", "geometry_missing", "geometry_type")
NEST = ("parent_missing", "parent_mismatch", "code_missing", "code_duplicate", "code_format", "unassigned")
READY_S, TRIES = 5.0, 3
"""The overview of a whole district, from the address to a map that answers, the best of so many openings: machines are shared."""


def builds(row: Row) -> list[Clause]:
    """The sources are simulated, read without a lost row, and built."""
    rejected = sum(row.build["rejected"].values())
    points = {role: site for role, site in row.build["sites"].items() if site["n"]}
    lost = sum(site["unmatched"] for site in points.values())
    told = ", ".join(f"{role} {site['n']:,}" for role, site in points.items()) or "none"
    return [equal("rows of the sources that could not be used", 0, rejected), holds("points without a unit", lost == 0, f"{lost} of {told}", "0")]


def counted(row: Row, levels: dict[str, int]) -> list[Clause]:
    """Each level has so many units."""
    return [equal(f"units of level {level}", n, row.units(level), whole=row.is_whole) for level, n in levels.items()]


def covers(row: Row) -> list[Clause]:
    """Units tile the district and nest: no gap, no overlap, by `geogrid validate`."""
    return [
        equal("gaps, overlaps and other faults of the cover", 0, row.count_findings(*COVER)),
        equal("faults of nesting and codes", 0, row.count_findings(*NEST)),
        equal("other findings of severity error", 0, row.count_findings(severity="error") - row.count_findings(*COVER, *NEST, severity="error")),
    ]


def exported(row: Row) -> Clause:
    """Every level is exported and read back with as many units as were built."""
    counts = {level: (len(row.layer(level)), row.units(level)) for level in row.levels}
    wrong = [f"{level} {found} of {built}" for level, (found, built) in counts.items() if found != built]
    return holds("every level exported as GeoJSON", not wrong, "; ".join(wrong) or ", ".join(f"{level} {n:,}" for level, (n, _) in counts.items()))


def drawn(row: Row, paths: list[str]) -> list[Clause]:
    """Every page stands in a browser, with no message on its console and nothing from outside; the overview soon."""
    if not find_chromium():
        return [Clause("pages in a real browser", "yes", "no Chromium here: set GEOGRID_CHROMIUM", False)]
    seen = look(row, [*["/"] * (TRIES - 1), *paths])
    faults = [f"{page.path}: {fault}" for page in seen.values() for fault in page.faults]
    clauses = [holds(f"{len(paths)} pages stand in a browser", not faults, "; ".join(faults)[:300] or " ".join(paths))]
    return [*clauses, at_most(f"overview of the whole ready (best of {TRIES})", READY_S, round(seen["/"].seconds, 1), " s")]
