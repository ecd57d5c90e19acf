"""Which values of the buildings' use mean homes: what the scheme knows, else what the words say, else a question for people."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from geogrid.inspection.report import LayerReport
from geogrid.scheme_values import HOME_USES

_SHOWN = 12
_HOME = re.compile(r"\bres\b|resid|apart|\bapts?\b|condo|dwell|famil|\bfam\b|dorm|住宅|居住|公寓|宿舍|民宅|商住", re.IGNORECASE)
_NO_HOME = re.compile(r"land|garage|parking|车库|配套|附属")


def homes_lines(layer: LayerReport, columns: Mapping[str, str], chosen: Sequence[str], quoted: Callable[[str], str]) -> list[str]:
    """Return the lines of a recipe that say which uses are homes; none where nobody needs to say it.

    Homes that the file counts by itself (households) need no use; else a use that nobody knows would leave the district without homes.
    """
    if chosen:
        return [f"homes = [{', '.join(map(quoted, chosen))}]"]
    if "use" not in columns or columns["use"] != layer.used.get("use") or not layer.uses:
        return []
    values = [value for value, _ in layer.uses]
    if any(value in HOME_USES for value in values):
        return []
    likely = likely_homes(values)
    if likely:
        return [f"homes = [{', '.join(map(quoted, likely))}]   # by the words; check them"]
    counts = ", ".join(f"{quoted(value)} {n:,} times" for value, n in layer.uses[:_SHOWN])
    known = "" if "households" not in columns else " (households are counted, so this only matters for estimates)"
    return [f"# homes = []   # say which uses are homes{known}: {counts}"]


def likely_homes(values: Sequence[str]) -> list[str]:
    """Return the values whose words speak of homes.

    >>> likely_homes(["SNGL-FAM-RES", "OFFICE", "住宅楼", "RESTAURANT"])
    ['SNGL-FAM-RES', '住宅楼']
    """
    return [value for value in values if _HOME.search(value) and not _NO_HOME.search(value.casefold())]
