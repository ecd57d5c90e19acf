"""The acceptance table: each system with the questions that its row must answer."""

from __future__ import annotations

from functools import partial

from accept import city, common, district, small
from accept.clause import Clause, Judge, holds
from accept.row import Row

PAGES = ["/", "/checks", "/stations", "/cameras", "/people", "/organisations", "/events", "/emergency", "/plans", "/sheets", "/declared"]


def _row(levels: dict[str, int], *own: Judge, pages: list[str] = PAGES) -> list[Judge]:
    """Return what every row is asked, and its own."""
    asked = [common.builds, _named(partial(common.counted, levels=levels), "units of every level"), common.covers, *own, common.exported]
    return [*asked, _named(partial(common.drawn, paths=pages), "pages in a real browser")]


def _named(judge: partial, name: str) -> Judge:
    judge.__doc__ = name
    return judge


def without_figures(row: Row) -> Clause:
    """The source tells nothing of grids: nothing is asked of them."""
    return holds("no grid figures in the source", True, f"levels here: {', '.join(row.levels)}", "-")


ROWS: dict[str, list[Judge]] = {
    "lubei": _row(
        {"community": 175, "grid": 2257},
        district.lubei_area,
        district.lubei_points,
        district.lubei_blind,
        district.lubei_one_per,
        district.lubei_parties,
        pages=[*PAGES, "/patrols"],
    ),
    "fengrun": _row({"community": 60, "grid": 373, "subgrid": 3727}, district.fengrun_switch, district.fengrun_centres),
    "taocheng": _row(
        {"street": 4, "area": 124, "estate": 355},
        district.taocheng_compounds,
        district.taocheng_beyond,
        district.taocheng_stairwells,
        district.taocheng_switch,
        district.taocheng_complete,
    ),
    "huagong": _row({"community": 14, "microgrid": 1837}, small.huagong_bounds, small.huagong_volunteers, small.huagong_fourth),
    "shuangluan": _row({"grid": 243}, small.shuangluan_redivided, small.shuangluan_scopes, small.shuangluan_events),
    "zhaoxian": _row({"community": 10, "grid": 43}, small.zhaoxian_directions, small.zhaoxian_events),
    "kaiping": _row({"community": 44, "grid": 175}, city.kaiping_covered),
    "baoding": _row(
        {"community": 442, "grid": 2459},
        city.baoding_without,
        city.baoding_officers,
        city.baoding_patrols,
        city.baoding_zones,
        pages=[*PAGES, "/patrols"],
    ),
    "tianye": _row({"community": 1}, city.tianye_layers),
    "lanshan": _row({}, city.lanshan_stations, pages=["/", "/stations", "/organisations"]),
    "jixian": _row({"community": 7}, city.jixian_staff),
    "qingshan": _row({"community": 3}, without_figures, pages=["/", "/organisations"]),
}
