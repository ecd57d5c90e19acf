"""Figures of what is counted on the ground: households, people, buildings, stations, cameras."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from geogrid.declared import Amount
from geogrid.report.asked import Asked, frame_of
from geogrid.report.rows import Case, Computed, Listing, Note, note
from geogrid.report.subject import Subject
from geogrid.report.units import names_of, rejected_rows, unit_cases, valid_units
from geogrid.report.vocabulary import FIGURES

_KINDS_SHOWN = 8


def count_people(subject: Subject, asked: Asked) -> Computed:
    """Count households or persons of the whole district, or of a level's units, and tell how many households are estimates."""
    column = asked.figure
    total = subject.count_people()[column == "persons"]
    if not total:
        name = FIGURES[column].name
        return Computed(None, (note("not_given", what_zh=name.zh, what_en=name.en),))
    notes, lists = _estimated(subject)
    if not asked.level:
        return Computed(float(total), tuple(notes), tuple(lists))
    held = int(valid_units(subject, asked.level)[column].sum())
    if column == "households" and total > held:
        notes.append(note("in_no_unit", n=f"{total - held:,}", **names_of(subject, asked.level)))
    return Computed(float(held), tuple(notes), tuple(lists))


def _estimated(subject: Subject) -> tuple[list[Note], list[Listing]]:
    """Tell how many households are estimates, and list their buildings."""
    if "buildings" not in subject.layers:
        return [], []
    buildings = subject.layer("buildings")
    if "households_source" not in buildings or "households" not in buildings:
        return [], []
    homes = buildings["households"].fillna(0)
    guessed = buildings[(buildings["households_source"] == "estimate").to_numpy() & (homes > 0).to_numpy()]
    if not len(guessed):
        return [], []
    n, total = float(homes[guessed.index].sum()), float(homes.sum())
    title = note("estimated", n=f"{n:,.0f}", share=f"{100 * n / total:.1f} %", buildings=f"{len(guessed):,}")
    area = note("dwelling", area=f"{subject.scheme.defaults.get('dwelling_m2', 90):g}")
    return [title, area], [Listing(title, _cases(guessed, "address"))]


def _cases(frame: pd.DataFrame, label: str) -> tuple[Case, ...]:
    """List rows of a frame by id, with the column `label` as their name."""
    ids = frame["id"] if "id" in frame else pd.Series("", index=frame.index)
    names = frame[label].fillna("") if label in frame else pd.Series("", index=frame.index)
    places = frame.geometry if hasattr(frame, "geometry") else [None] * len(frame)
    return tuple(Case(str(code), str(name), place=place) for code, name, place in zip(ids, names, places, strict=True))


def count_rows(subject: Subject, asked: Asked) -> Computed:
    """Count the rows of a layer or table (buildings, entrances, compounds, workplaces), and tell which were not used."""
    figure = FIGURES[asked.figure]
    notes, lists = rejected_rows(subject, figure.role, (figure.name.zh, figure.name.en))
    return Computed(float(len(frame_of(subject, figure.role))), tuple(notes), tuple(lists))


def count_sites(subject: Subject, asked: Asked, amount: Amount) -> Computed:
    """Count stations, cameras or events, all or of a kind; with a level those inside its units. Secret ones count and are never listed."""
    figure = FIGURES[asked.figure]
    all_sites = subject.sites(asked.figure)
    chosen = all_sites[_of_kind(all_sites, asked)]
    levels = [level for level in subject.levels if level in chosen]
    inside = (chosen[asked.level] != "") if asked.level in levels else (chosen[levels] != "").any(axis=1)
    counted = chosen[inside] if asked.level else chosen
    shown = chosen[~_secret(chosen)]
    notes, lists = [], []
    if outside := int((~inside).sum()):
        title = note("sites_outside", n=f"{outside:,}", inside=f"{int(inside.sum()):,}")
        notes.append(title)
        lists.append(Listing(title, _cases(shown[~inside[shown.index]], "name")))
        if not amount.holds(len(counted)) and amount.holds(float(inside.sum())):
            notes.append(note("counts_inside"))
    if secret := int(_secret(chosen).sum()):
        notes.append(note("sites_secret", n=f"{secret:,}"))
    told = (_repeated(chosen, shown), _lacking(subject, asked, chosen), rejected_rows(subject, asked.figure, (figure.name.zh, figure.name.en)))
    for more, listed in told:
        notes, lists = notes + more, lists + listed
    if asked.kinds is not None and not len(chosen):
        notes += _other_kinds(all_sites)
    return Computed(float(len(counted)), tuple(notes), tuple(lists))


def _of_kind(frame: pd.DataFrame, asked: Asked) -> np.ndarray:
    if asked.kinds is None:
        return np.ones(len(frame), bool)
    return frame["kind"].isin(asked.kinds).to_numpy() if "kind" in frame else np.zeros(len(frame), bool)


def _secret(frame: pd.DataFrame) -> pd.Series:
    return frame["secret"].fillna(False).astype(bool) if "secret" in frame else pd.Series(False, index=frame.index)


def _repeated(chosen: pd.DataFrame, shown: pd.DataFrame) -> tuple[list[Note], list[Listing]]:
    """Tell of ids that occur more than once; the rows after the first are listed."""
    ids = chosen["id"].astype(str) if "id" in chosen else pd.Series("", index=chosen.index)
    again = ids.duplicated() & (ids != "")
    if not again.any():
        return [], []
    title = note("repeated", n=f"{int(ids[again].nunique()):,}")
    return [title], [Listing(title, _cases(shown[again[shown.index]], "name"))]


def _lacking(subject: Subject, asked: Asked, chosen: pd.DataFrame) -> tuple[list[Note], list[Listing]]:
    """Tell which units have none of a kind of station of which the scheme wants one in each."""
    kinds = subject.scheme.stations
    wanted = next((kinds[kind].one_per for kind in sorted(asked.kinds or ()) if kind in kinds and kinds[kind].one_per), "")
    if asked.figure != "stations" or wanted not in chosen:
        return [], []
    units = valid_units(subject, wanted)
    lacking = units.index[~units.index.isin(set(chosen[wanted]))]
    if not len(lacking):
        return [], []
    name = subject.scheme.level(wanted).name
    title = note("units_without_site", n=f"{len(lacking):,}", level_zh=name.zh, level_en=name.en)
    return [title], [Listing(title, unit_cases(units, lacking, wanted))]


def _other_kinds(frame: pd.DataFrame) -> list[Note]:
    kinds = Counter(str(kind) for kind in frame["kind"].fillna("")) if "kind" in frame else Counter()
    named = [f"{kind or '–'} {n:,}" for kind, n in sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))]
    shown = ", ".join(named[:_KINDS_SHOWN]) + (" …" if len(named) > _KINDS_SHOWN else "")
    return [note("other_kinds", n=f"{len(frame):,}", kinds=shown)] if len(frame) else []
