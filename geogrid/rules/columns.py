"""Which column of a bare layer holds the units' codes and which their parents', where nobody says: our own names first, then known headings."""

from __future__ import annotations

from collections.abc import Sequence

from geogrid.reading.headings import recognise

CODE_COLUMNS = ("code", "Code", "CODE", "编码", "代码", "网格编码")
PARENT_COLUMNS = ("parent", "PARENT", "上级编码")
_ROLES = ("microgrids", "grids", "communities", "streets", "compounds")
"""From the finest level up: a layer of grids may well say the community and the street of each."""


def code_column(names: Sequence[str], level: str = "") -> str:
    """Return the column with the codes, "" where none is known; `level` says what the layer is, if anybody does.

    >>> code_column(["grid_code", "org", "community_code"]), code_column(["SQDM", "SQMC"]), code_column(["area"])
    ('grid_code', 'SQDM', '')
    """
    plain = [name for name in (*CODE_COLUMNS, f"{level}_code") if name in names]
    return plain[0] if plain else _by_heading(names, level)[1].get("code", "")


def parent_column(names: Sequence[str], level: str = "") -> str:
    """Return the column with the parents' codes, "" where none is known.

    >>> parent_column(["grid_code", "org", "community_code"]), parent_column(["code", "name"])
    ('community_code', '')
    """
    plain = [name for name in PARENT_COLUMNS if name in names]
    return plain[0] if plain else _by_heading(names, level)[1].get("parent", "")


def _by_heading(names: Sequence[str], level: str) -> tuple[str, dict[str, str]]:
    """Return the role whose code the headings name, the finest if several, and what it takes."""
    wanted = [role for role in _ROLES if role in (f"{level}s", level)] or _ROLES
    texts = [str(name) for name in names]
    found = ((role, recognise(role, texts)) for role in wanted)
    return next(((role, taken) for role, taken in found if "code" in taken), ("", {}))
