"""What a scheme names by kind: stations, staff, organisations, events, tasks, devices and emergencies; each mistake is answered with the key."""

import json
import re
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geogrid.errors import SchemeError
from geogrid.scheme import Device, Emergency, EventKind, Scheme, SiteKind, TaskLayer, Text, built_in, parse_scheme, read_scheme
from geogrid.scheme_people import NO_POST
from geogrid.store.scheme_json import scheme_from_dict, scheme_to_dict

LEVELS = """
[[levels]]
id = "community"
make = "given"
[[levels]]
id = "grid"
make = "bounds"
households = [300, 500]
[[levels]]
id = "stairwell"
make = "entrance"
"""
WHOLE = (
    LEVELS
    + """
[staff.full_time]
name = { zh = "专职网格员", en = "full-time officer" }
per = "grid"
most = 1
post = { zh = "网格长", en = "grid head" }
duties = [{ zh = "信息采集", en = "collecting information" }, "巡查"]
[organisations.committee]
name = { zh = "社区党委", en = "community committee" }
of = "community"
[organisations.branch]
under = "committee"
of = "grid"
covers = "grid"
[organisations.group]
under = ["branch", "committee"]
of = "building"
[events.parking]
name = { zh = "违法停车", en = "illegal parking" }
days = 3
[events.hazard]
[devices.face]
name = { zh = "人脸识别", en = "face recognition" }
[stations.stop]
name = { zh = "红色驿站", en = "red stop" }
directions = true
radiates = "community"
minutes = 15
least = 8
[tasks.check]
name = { zh = "隐患排查", en = "hazards" }
events = ["hazard"]
stations = "stop"
cameras = ["face"]
[emergency]
under = "community"
"""
)


def scheme(text: str = WHOLE) -> Scheme:
    return parse_scheme(text, "own")


def test_a_kind_of_officer_says_how_many_each_unit_wants_and_what_they_do():
    kind = scheme().staff["full_time"]
    assert (kind.name.zh, kind.per, kind.least, kind.most, kind.post.en) == ("专职网格员", "grid", 1, 1, "grid head")
    assert kind.duties == (Text("信息采集", "collecting information"), Text("巡查", "巡查"))
    plain = scheme(LEVELS + "[staff.volunteer]").staff["volunteer"]
    assert (plain.name.en, plain.per, plain.least, plain.most, plain.post, plain.duties) == ("volunteer", "", 0, None, NO_POST, ())


def test_an_organisation_may_be_under_several_kinds_and_belong_to_a_building():
    bodies = scheme().organisations
    assert [(kind.under, kind.of, kind.covers) for kind in bodies.values()] == [
        ((), "community", ""),
        (("committee",), "grid", "grid"),
        (("branch", "committee"), "building", ""),
    ]


def test_events_go_up_after_their_own_days_else_after_the_schemes():
    assert scheme().events == {"parking": EventKind(Text("违法停车", "illegal parking"), 3), "hazard": EventKind(Text("hazard", "hazard"), 7)}
    assert scheme(WHOLE + "[defaults]\nevent_days = 2").events["hazard"].days == 2


def test_stations_devices_tasks_and_emergencies_are_as_written():
    own = scheme()
    assert own.stations["stop"] == SiteKind(Text("红色驿站", "red stop"), directions=True, radiates="community", minutes=15, least=8)
    assert own.devices == {"face": Device(Text("人脸识别", "face recognition"))}
    assert own.tasks["check"] == TaskLayer(Text("隐患排查", "hazards"), ("hazard",), ("stop",), ("face",))
    assert own.emergency == Emergency("community", ("grid", "stairwell"))
    assert scheme(LEVELS).emergency is None


@pytest.mark.parametrize("name", built_in())
def test_a_scheme_that_a_project_keeps_is_read_back_as_it_was(name: str):
    own = read_scheme(name)
    assert scheme_from_dict(json.loads(json.dumps(scheme_to_dict(own)))) == own


def test_a_project_of_an_earlier_version_has_none_of_the_new_kinds():
    whole = scheme()
    plain = json.loads(json.dumps(scheme_to_dict(whole)))
    assert scheme_from_dict(plain) == whole
    old = {key: plain[key] for key in ("id", "name", "levels", "cameras", "severity")} | {"defaults": {"minutes": [5]}, "stations": {}}
    back = scheme_from_dict(old)
    assert (back.staff, back.emergency, back.defaults["event_days"], back.defaults["minutes"]) == ({}, None, 7, [5])


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ("[staf.a]", "did you mean 'staff'"),
        ("[staff]\na = 3", "must be a table"),
        ("[staff.a]\npr = 1", "unknown key 'pr'; did you mean 'per'"),
        ('[staff.a]\nper = "gird"', "did you mean 'grid'"),
        ('[staff.a]\nper = ["grid"]', "per = ['grid']: write one of community, grid, stairwell"),
        ("[stations.a]\none_per = {}", "one_per = {}: write one of"),
        ("[staff.a]\nleast = 1", 'per = "…" beside it'),
        ('[staff.a]\nper = "grid"\nleast = 0', "1 or more"),
        ('[staff.a]\nper = "grid"\nleast = true', "1 or more"),
        ('[staff.a]\nper = "grid"\nleast = 2\nmost = 1', "most = 1: write 2 or more"),
        ('[staff.a]\nduties = "all"', "a list of duties"),
        ("[staff.a]\nduties = [3]", "must be a table"),
        ('[staff.a]\nduties = [{ cn = "x" }]', "unknown key 'cn'"),
        ('[staff.a]\npost = { zh = " " }', 'a name: { zh = "…"'),
        ("[staff.a]\nname = { zh = 3 }", 'a name: { zh = "…"'),
        ("[organisations.a]\nof = 'hous'", "unknown level 'hous'"),
        ("[organisations.a]\nof = 'compond'", "did you mean 'compound'"),
        ("[organisations.a]\ncovers = 'building'", "unknown level 'building'"),
        ("[organisations.ab]\n[organisations.b]\nunder = 'abb'", "did you mean 'ab'"),
        ("[organisations.a]\nunder = 3", "a word, or a list"),
        ("[organisations.a]\nunder = 'a'", "lead to one without under"),
        ("[organisations.a]\nunder = 'b'\n[organisations.b]\nunder = 'a'", "lead to one without under"),
        ("[events.a]\ndays = 0", "a positive number"),
        ("[events.a]\ndays = true", "a positive number"),
        ("[events.a]\nday = 1", "did you mean 'days'"),
        ("[devices.a]\nrange_m = 1", "unknown key 'range_m'"),
        ("[tasks.a]\nname = 'x'", "the kinds of events"),
        ("[events.fire]\n[tasks.a]\nevents = ['fier']", "unknown kind of events 'fier'; did you mean 'fire'"),
        ("[tasks.a]\ncameras = ['face']", "unknown kind of cameras 'face'"),
        ("[stations.a]\ndirections = 'yes'", "true or false"),
        ("[stations.a]\nradiates = 'comunity'", "did you mean 'community'"),
        ("[stations.a]\nminutes = 5", "beside it: the level to be reached"),
        ("[stations.a]\nleast = 0", "1 or more"),
        ("[emergency]\nlevels = ['grid']", "one level: community, grid, stairwell"),
        ("[emergency]\nunder = 'grid'\nlevels = ['community']", "unknown level below grid"),
        ("[emergency]\nunder = 'stairwell'", "levels below stairwell"),
        ("[emergency]\nunder = 'community'\nlevel = 'grid'", "did you mean 'levels'"),
        ("[defaults]\nevent_days = 0", "event_days"),
    ],
)
def test_a_mistake_is_answered_with_the_key_and_what_to_write(added: str, said: str):
    with pytest.raises(SchemeError) as caught:
        scheme(LEVELS + added)
    assert said in caught.value.message
    assert caught.value.message_zh != caught.value.message


def test_a_list_that_names_a_kind_twice_names_it_once():
    assert scheme(LEVELS + "[events.a]\n[tasks.t]\nevents = ['a', 'a']").tasks["t"].events == ("a",)


ODD = (
    "3",
    "-1",
    "true",
    '"x"',
    '""',
    "[]",
    "{}",
    "[1]",
    "{ a = 1 }",
    "nan",
    "1e400",
    "1979-05-27",
    "[[]]",
    "[{}]",
    '["grid"]',
    '{ zh = "a", en = 3 }',
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(built_in()), st.integers(0, 10**6), st.sampled_from(ODD))
def test_whatever_stands_where_a_value_should_it_is_read_or_refused_with_words(name: str, where: int, odd: str):
    lines = resources.files("geogrid.schemes").joinpath(name + ".toml").read_text("utf-8").split("\n")
    keyed = [i for i, line in enumerate(lines) if re.match(r"\w+ = .*[^\[]$", line)]
    at = keyed[where % len(keyed)]
    lines[at] = lines[at].split(" = ")[0] + " = " + odd
    own = answered("\n".join(lines))
    if isinstance(own, SchemeError):
        assert own.message != own.message_zh
    else:
        assert scheme_from_dict(json.loads(json.dumps(scheme_to_dict(own)))) == own


def answered(text: str) -> Scheme | SchemeError:
    try:
        return parse_scheme(text, "own")
    except SchemeError as error:
        return error
