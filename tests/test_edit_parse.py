"""Edits out of JSON: what is right comes back the same, what is wrong is named, field and value, in one line."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geogrid.edit import Compose, Create, Merge, Move, Rename, Reparent, Reshape, Retire, Split, parse_edit, to_json
from geogrid.errors import EditError

LINE = {"type": "LineString", "coordinates": [[114.5, 38.0], [114.6, 38.1]]}
RIGHT = [
    {"kind": "move", "atoms": ["1-1-1"], "to": "130"},
    {"kind": "move", "atoms": ["1-1-1"], "to": None, "reason": "河对岸"},
    {"kind": "split", "unit": "130", "line": LINE},
    {"kind": "split", "unit": "130", "parts": 3},
    {"kind": "merge", "units": ["1", "2"], "into": "1"},
    {"kind": "merge", "units": ["1", "2"]},
    {"kind": "reshape", "units": ["1", "2"], "line": LINE},
    {"kind": "reshape", "units": ["1", "2"], "line": LINE, "homes": {"7": "1"}},
    {"kind": "reparent", "unit": "1", "parent": "2"},
    {"kind": "rename", "unit": "1", "name": ""},
    {"kind": "create", "level": "grid", "parent": "1", "name": "东", "atoms": ["1-1-1"]},
    {"kind": "create", "level": "grid", "parent": None, "name": "东", "atoms": ["1-1-1"], "unit_kind": "dedicated"},
    {"kind": "retire", "unit": "1"},
    {"kind": "compose", "edits": [{"kind": "retire", "unit": "1"}, {"kind": "rename", "unit": "2", "name": "x"}]},
]
WRONG = [
    ([], "edit"),
    ({}, "kind"),
    ({"kind": "mvoe"}, "kind"),
    ({"kind": ["move"]}, "kind"),
    ({"kind": "move", "atoms": ["1-1-1"]}, "to"),
    ({"kind": "move", "atoms": [], "to": "1"}, "atoms"),
    ({"kind": "move", "atoms": "1-1-1", "to": "1"}, "atoms"),
    ({"kind": "move", "atoms": [1], "to": "1"}, "atoms"),
    ({"kind": "move", "atoms": ["1-1-1"], "to": 1}, "to"),
    ({"kind": "move", "atoms": ["1-1-1"], "too": "1", "to": "1"}, "too"),
    ({"kind": "move", "atoms": ["1-1-1"], "to": "1", "reason": 5}, "reason"),
    ({"kind": "split", "unit": "1"}, "line"),
    ({"kind": "split", "unit": "1", "parts": 2, "line": LINE}, "line"),
    ({"kind": "split", "unit": "1", "parts": True}, "parts"),
    ({"kind": "split", "unit": "1", "parts": 1}, "parts"),
    ({"kind": "split", "unit": "1", "line": {"type": "LineString", "coordinates": [[1, 2]]}}, "line"),
    ({"kind": "split", "unit": "1", "line": {"type": "LineString", "coordinates": [[1, 2], [float("nan"), 2]]}}, "line"),
    ({"kind": "split", "unit": "1", "line": {"type": "LineString", "coordinates": [[500000, 4e6], [500001, 4e6]]}}, "line"),
    ({"kind": "reshape", "units": ["1", "2"], "line": LINE, "homes": {"a": "1"}}, "homes"),
    ({"kind": "split", "unit": "1", "line": {"type": "LineString", "coordinates": [[10**400, 2], [1, 2]]}}, "line"),
    ({"kind": "split", "unit": "1", "line": {"type": "LineString", "coordinates": [[1, 2]] * 10_001}}, "line"),
    ({"kind": "reshape", "units": ["1", "2"], "line": LINE, "homes": {"9" * 5000: "1"}}, "homes"),
    ({"kind": "rename", "unit": "1", "name": "a\nb"}, "name"),
    ({"kind": "rename", "unit": "1", "name": "a\u202eb"}, "name"),
    ({"kind": "retire", "unit": "1", "reason": "\ud800"}, "reason"),
    ({"kind": "retire", "unit": "1", "reason": "\x1b[2J"}, "reason"),
    ({"kind": "rename", "unit": "1", "name": " a"}, "name"),
    ({"kind": "rename", "unit": "", "name": "a"}, "unit"),
    ({"kind": "compose", "edits": [{"kind": "compose", "edits": []}]}, "edits"),
    ({"kind": "compose", "edits": [{"kind": "retire"}]}, "unit"),
]


@pytest.mark.parametrize("document", RIGHT)
def test_an_edit_goes_to_json_and_back(document: dict):
    edit = parse_edit(document)
    assert edit == parse_edit(json.loads(json.dumps(to_json(edit))))
    assert to_json(edit) == document


def test_every_kind_is_tried_above():
    kinds = {Move, Split, Merge, Reshape, Reparent, Rename, Create, Retire, Compose}
    assert {type(parse_edit(document)) for document in RIGHT} == kinds


def test_names_and_reasons_may_have_the_wide_space_of_chinese():
    assert parse_edit({"kind": "rename", "unit": "1", "name": "东　村", "reason": "调整　说明\n第二行"}).name == "东　村"


@pytest.mark.parametrize(("document", "field"), WRONG)
def test_what_is_wrong_is_named_in_one_line_of_each_language(document, field: str):
    with pytest.raises(EditError) as caught:
        parse_edit(document)
    assert caught.value.facts["reason"] == "form"
    assert caught.value.facts["field"] == field
    assert "\n" not in caught.value.message + caught.value.message_zh
    assert caught.value.message != caught.value.message_zh


def test_a_misspelt_word_is_answered_with_the_nearest():
    with pytest.raises(EditError, match="did you mean 'merge'"):
        parse_edit({"kind": "merg", "units": ["1", "2"]})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["kind", "atoms", "to", "unit", "units", "into", "line", "parts", "edits", "name", "reason", "homes", "level", "parent"])
kinds = st.sampled_from(["move", "split", "merge", "reshape", "reparent", "rename", "create", "retire", "compose"])


@given(st.dictionaries(keys, anything), kinds)
def test_no_json_makes_anything_but_an_edit_or_a_refusal(document: dict, kind: str):
    with suppress(EditError):
        edit = parse_edit({**document, "kind": kind})
        assert parse_edit(to_json(edit)) == edit
