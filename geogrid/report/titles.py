"""What a row of the report is called."""

from __future__ import annotations

from geogrid.report.rows import DeclaredRow
from geogrid.report.vocabulary import FIGURES
from geogrid.scheme import Scheme
from geogrid.wording import plural

_WITHOUT = {
    "units_without_organisation": ("没有组织的{}", "{} without an organisation"),
    "units_without_staff": ("没有人员的{}", "{} without staff"),
    "organisation_share": ("{}的组织覆盖率", "share of {} with an organisation"),
}


def title(row: DeclaredRow, scheme: Scheme, language: str) -> str:
    """Return the item as it was declared; of an implied row, or one without an item, the figure's name with its level."""
    if row.item:
        return row.item
    chinese = language.startswith("zh")
    name = scheme.level(row.level).name if row.level else None
    level = "" if name is None else name.zh if chinese else plural(name.en)
    if row.figure in _WITHOUT:
        return _WITHOUT[row.figure][0 if chinese else 1].format(level)
    if row.figure == "units":
        return level
    return FIGURES[row.figure].name.say(language) if row.figure else row.level
