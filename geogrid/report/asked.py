"""What a declared row asks for: an item in an office's words becomes a figure, a level and a kind, or a note why it can not be told."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from geogrid.declared import Declared
from geogrid.report.rows import Note, note
from geogrid.report.subject import Subject
from geogrid.report.vocabulary import FIGURE_BY_WORD, FIGURES, HINTS, ROLE_NAMES, WHOLE_WORDS
from geogrid.schema import nearest
from geogrid.scheme import Text
from geogrid.wording import folded, level_words

KIND_ROLES = ("stations", "cameras", "organisations", "staff", "events")
NEED_LEVEL = ("units", "units_without_organisation", "organisation_share", "units_without_staff")
MAY_HAVE_LEVEL = ("area_km2", "households", "persons")
_SHOWN_KINDS = 12
_BETWEEN = re.compile(r"[、,，;；/+]")
"""Between several kinds that one figure counts, as 专职网格员、兼职网格员."""


@dataclass(frozen=True)
class Asked:
    """A figure to compute. `level`: an id or "". `kind`: as the row wrote it; `kinds`: the data's own words for it, None for every kind."""

    figure: str
    level: str = ""
    kind: str = ""
    kinds: frozenset[str] | None = None


def understand(row: Declared, subject: Subject) -> Asked | Note:
    """Tell what a row asks for, or why it can not be told."""
    level = _level_of(row.level, subject)
    if isinstance(level, Note):
        return level
    found = _item(folded(row.item), level, row, subject)
    if isinstance(found, Note):
        return found
    if found.level and level and found.level != level:
        one, two = subject.scheme.level(found.level).name, subject.scheme.level(level).name
        return note("two_levels", one_zh=one.zh, one_en=one.en, two_zh=two.zh, two_en=two.en)
    asked = Asked(found.figure, found.level or level, found.kind, found.kinds)
    role = FIGURES[asked.figure].role
    if role and not rows_of(subject, role):
        return _no_role(role)
    return _narrowed(asked, row.kind, subject) if row.kind else asked


def rows_of(subject: Subject, role: str) -> bool:
    """Tell whether the project holds the input of a role."""
    return role in subject.site_roles or role in subject.layers or role in subject.tables


def frame_of(subject: Subject, role: str) -> pd.DataFrame:
    """Return the rows of a role that the project holds."""
    if role in subject.site_roles:
        return subject.sites(role)
    return subject.layer(role) if role in subject.layers else subject.table(role)


def kinds_of(subject: Subject, role: str) -> dict[str, frozenset[str]]:
    """Return the data's kinds for each folded word: the kinds themselves, and the scheme's id and names of one."""
    there: list[str] = []
    if rows_of(subject, role):
        frame = frame_of(subject, role)
        there = sorted({str(kind) for kind in frame["kind"].dropna().unique() if kind}) if "kind" in frame else []
    words = {folded(kind): frozenset(other for other in there if folded(other) == folded(kind)) for kind in there}
    for kind, name in _named_kinds(subject, role).items():
        names = frozenset((kind, name.zh, name.en))
        words |= {folded(word): words.get(folded(word), frozenset()) | names for word in names}
    return words


def _named_kinds(subject: Subject, role: str) -> dict[str, Text]:
    """Return the names that the scheme gives to the kinds of a role."""
    scheme = subject.scheme
    kinds = {
        "stations": scheme.stations,
        "cameras": scheme.devices,
        "organisations": scheme.organisations,
        "staff": scheme.staff,
        "events": scheme.events,
    }
    return {kind: entry.name for kind, entry in kinds[role].items()}


def _level_of(text: str, subject: Subject) -> str | Note:
    word = folded(text)
    if not word or word in WHOLE_WORDS:
        return ""
    words = level_words(subject.scheme.levels)
    if word in words:
        return words[word]
    names = [level.name for level in subject.scheme.levels]
    return note("unknown_level", name=text, known_zh="、".join(name.zh for name in names), known_en=", ".join(name.en for name in names))


def _item(word: str, level: str, row: Declared, subject: Subject) -> Asked | Note:
    levels = level_words(subject.scheme.levels)
    if word in levels:
        return Asked("units", levels[word])
    figure = FIGURE_BY_WORD.get(word or "units")
    if figure and not _is_named(word, FIGURES[figure].role, subject):
        return note("no_level") if figure in NEED_LEVEL and not level else Asked(figure)
    roles = [role for role in KIND_ROLES if word in kinds_of(subject, role)]
    if len(roles) > 1:
        names = [ROLE_NAMES[role] for role in roles]
        return note("several_roles", name=row.item, known_zh="、".join(n.zh for n in names), known_en=", ".join(n.en for n in names))
    if roles:
        return Asked(roles[0], "", row.item, kinds_of(subject, roles[0])[word])
    return _around_a_level(word, levels) or _kind_in(word, levels, row, subject) or _hinted(word, row, subject)


def _is_named(word: str, role: str, subject: Subject) -> bool:
    """Tell whether the scheme calls one kind of a role by the word that else means all of them, as 网格员."""
    return role in KIND_ROLES and any(word in (folded(name.zh), folded(name.en)) for name in _named_kinds(subject, role).values())


def _around_a_level(word: str, levels: dict[str, str]) -> Asked | None:
    """Understand a figure with a level in its words, as 没有党组织的网格 or `grids without an organisation`; the longest level word counts."""
    for name in sorted((name for name in levels if name), key=lambda name: (-len(name), name)):
        for start in range(len(word) - len(name) + 1):
            figure = FIGURE_BY_WORD.get(word[:start] + word[start + len(name) :]) if word.startswith(name, start) else None
            if figure in (*NEED_LEVEL, *MAY_HAVE_LEVEL):
                return Asked(str(figure), levels[name])
    return None


def _kind_in(word: str, levels: dict[str, str], row: Declared, subject: Subject) -> Asked | None:
    """Understand a kind with its role or its level in the words, as 雪亮工程监控 of the kind 雪亮工程, or 网格党支部 of the kind 党支部."""
    role = _role_hinted(word)
    known = kinds_of(subject, role) if role in KIND_ROLES else {}
    parts = [*(folded(name) for name in FIGURES[role].words), *levels] if known else []
    for part in sorted((part for part in parts if part and part in word), key=lambda part: (-len(part), part)):
        rest = word.replace(part, "", 1)
        if rest in known:
            return Asked(role, levels.get(part, ""), row.item, known[rest])
    return None


def _role_hinted(word: str) -> str:
    return next((role for role, parts in HINTS.items() if any(part in word for part in parts)), "")


def _hinted(word: str, row: Declared, subject: Subject) -> Note:
    role = _role_hinted(word)
    if role and not rows_of(subject, role):
        return _no_role(role)
    if role:
        return _unknown_kind(row.item, role, subject)
    return note("unknown_item", **_hint(row.item, subject))


def _hint(item: str, subject: Subject) -> dict[str, str]:
    """Name the known word that is nearest, among figures, levels and the data's kinds; else list the figures."""
    kinds = {value for role in KIND_ROLES for values in kinds_of(subject, role).values() for value in values}
    levels = [word for level in subject.scheme.levels for word in (level.name.zh, level.name.en)]
    words = [*(word for figure in FIGURES.values() for word in figure.words), *levels, *sorted(kinds)]
    english, chinese = nearest(item, words)
    if english.startswith("known"):
        english = "known: " + ", ".join(figure.name.en for figure in FIGURES.values())
        chinese = "可用：" + "、".join(figure.name.zh for figure in FIGURES.values()) + "。"
    return {"hint_en": english, "hint_zh": chinese}


def _narrowed(asked: Asked, kind: str, subject: Subject) -> Asked | Note:
    role = FIGURES[asked.figure].role
    known = kinds_of(subject, role) if role in KIND_ROLES else {}
    named = [kind] if folded(kind) in known else [word for word in _BETWEEN.split(kind) if word.strip()]
    unknown = next((word for word in named if folded(word) not in known), "")
    if unknown or not named:
        return _unknown_kind(unknown or kind, role or asked.figure, subject)
    return Asked(asked.figure, asked.level, kind, frozenset().union(*(known[folded(word)] for word in named)))


def _no_role(role: str) -> Note:
    name = ROLE_NAMES[role]
    return note("no_role", what_zh=name.zh, what_en=name.en, role=role)


def _unknown_kind(kind: str, role: str, subject: Subject) -> Note:
    there = sorted({value for values in kinds_of(subject, role).values() for value in values}) if role in KIND_ROLES else []
    known = ", ".join(there[:_SHOWN_KINDS]) + (" …" if len(there) > _SHOWN_KINDS else "")
    name = ROLE_NAMES.get(role) or FIGURES[role].name
    return note("unknown_kind", what_zh=name.zh, what_en=name.en, name=kind, known=known or "–")
