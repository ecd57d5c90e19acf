"""Which values of the buildings' use mean homes: what the scheme knows, else what the words say, else a question for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from geogrid.inspection.comments import comment
from geogrid.inspection.report import LayerReport
from geogrid.scheme_values import HOME_USES

_SHOWN = 12
_HOME = re.compile(r"\bres\b|resid|apart|\bapts?\b|condo|dwell|famil|\bfam\b|dorm|住宅|居住|公寓|宿舍|民宅|商住", re.IGNORECASE)
_NO_HOME = re.compile(r"land|garage|parking|车库|配套|附属")


def homes_lines(layer: LayerReport, columns: Mapping[str, str], chosen: Sequence[str], quoted: Callable[[str], str], language: str) -> list[str]:
    """Return the lines of a recipe that say which uses are homes; none where nobody needs to say it.

    Homes that the file counts by itself (households) need no use; else a use that nobody knows would leave the district without homes.
    """
    if chosen:
        return [f"homes = [{', '.join(map(quoted, chosen))}]"]
    if columns.get("use", "") != layer.used.get("use"):
        return []
    likely = likely_homes([value for value, _ in layer.uses])
    if likely and not knows_homes(layer):
        return [f"homes = [{', '.join(map(quoted, likely))}]   # {comment('homes', language)}"]
    counts = home_question(layer, quoted, language)
    known = comment("counted" if "households" in columns else "no_homes", language)
    return [f"# homes = []   # {comment('which_homes', language, counted=known, counts=counts)}"] if counts else []


def knows_homes(layer: LayerReport) -> bool:
    """Tell whether any use is one that every scheme knows as homes."""
    return any(value in HOME_USES for value, _ in layer.uses)


def home_question(layer: LayerReport, quoted: Callable[[str], str], language: str) -> str:
    """Count the uses where none is known as homes and none speaks of them, most frequent first; "" where nobody need be asked."""
    if not layer.uses or knows_homes(layer) or likely_homes([value for value, _ in layer.uses]):
        return ""
    return ("、" if language == "zh" else ", ").join(comment("times", language, value=quoted(value), n=n) for value, n in layer.uses[:_SHOWN])


def likely_homes(values: Sequence[str]) -> list[str]:
    """Return the values whose words speak of homes.

    >>> likely_homes(["SNGL-FAM-RES", "OFFICE", "住宅楼", "RESTAURANT"])
    ['SNGL-FAM-RES', '住宅楼']
    """
    return [value for value in values if _HOME.search(value) and not _NO_HOME.search(value.casefold())]
