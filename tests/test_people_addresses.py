"""An address as people write it finds its place, or those it may mean; a number is never cut."""

from __future__ import annotations

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from geogrid.store.addresses import AddressBook, address_key

CRS = "EPSG:4547"


def book(*buildings: str, entrances: tuple[tuple[str, str], ...] = (), stations: tuple[str, ...] = ()) -> AddressBook:
    """Buildings b1, b2, … by their addresses; entrances as (building, address); stations by name."""
    homes = gpd.GeoDataFrame({"id": [f"b{i}" for i in range(1, len(buildings) + 1)], "address": list(buildings)},
                             geometry=[box(100 * i, 0, 100 * i + 20, 10) for i in range(len(buildings))], crs=CRS)  # fmt: skip
    doors = gpd.GeoDataFrame(
        {
            "id": [f"e{i}" for i in range(1, len(entrances) + 1)],
            "building": [building for building, _ in entrances],
            "address": [address for _, address in entrances],
        },
        geometry=[Point(i, -1) for i in range(len(entrances))],
        crs=CRS,
    )
    names = {"id": [f"s{i}" for i in range(1, len(stations) + 1)], "name": list(stations)}
    return AddressBook(homes, doors, gpd.GeoDataFrame(names, geometry=[Point(5, 50 + i) for i in range(len(stations))], crs=CRS))


def ids(found) -> list[str]:
    return [place.id for place in found]


ESTATE = book(
    "祥和北里5号楼",
    "祥和北里15号楼",
    "祥和南里5号楼",
    entrances=(("b1", "祥和北里5号楼1单元"), ("b1", "祥和北里5号楼2单元")),
    stations=("祥和暖心驿站",),
)


@pytest.mark.parametrize(
    "text", ["祥和北里5号楼", " 祥和北里　５ 号楼 ", "祥和北里五号楼", "祥和北里5栋", "祥和北里5#楼", "祥和北里5号幢", "北里5号楼"]
)
def test_however_a_building_is_written_it_is_found(text: str):
    (place,) = ESTATE.find(text)
    assert (place.kind, place.id, place.address) == ("building", "b1", "祥和北里5号楼")
    assert (place.x, place.y) == (10, 5)


def test_the_whole_postal_address_with_its_room_is_that_of_the_entrance():
    (place,) = ESTATE.find("河北省唐山市路北区祥和北里5号楼2单元301室")
    assert (place.kind, place.id, place.building) == ("entrance", "e2", "b1")


def test_what_several_places_may_be_is_answered_with_all_of_them_in_order():
    assert ids(ESTATE.find("5号楼")) == ["b1", "b3"]
    assert ids(book("甲10号楼", "甲2号楼", "甲1号楼").find("甲")) == ["b3", "b2", "b1"]
    assert ids(book("同名路1号", "同名路1号").find("同名路1号")) == ["b1", "b2"]
    assert len(book(*(f"长街{i}号" for i in range(1, 40))).find("长街", most=7)) == 7


@pytest.mark.parametrize(("text", "wanted"), [("1号楼", []), ("里5", ["b1", "b3"]), ("里1", []), ("祥和北里115号楼", []), ("暖心驿站", ["s1"])])
def test_a_number_is_not_found_inside_another(text: str, wanted: list[str]):
    assert ids(ESTATE.find(text)) == wanted


@pytest.mark.parametrize("text", ["", "  \n\t", "。，", "()", "不存在的路", "*", ".*", "[", "\\", "𠮷" * 500])
def test_what_is_no_address_here_finds_nothing(text: str):
    assert ESTATE.find(text) == []


def test_places_without_an_address_or_a_shape_are_not_in_the_book():
    homes = gpd.GeoDataFrame({"id": ["a", "b", "c"], "address": ["", None, "有址1号"]}, geometry=[Point(0, 0), Point(0, 0), None], crs=CRS)
    empty = AddressBook(homes, None, None)
    assert (len(empty), empty.find("有址1号")) == (0, [])
    assert len(AddressBook(None, None, gpd.GeoDataFrame({"id": ["x"]}, geometry=[Point(0, 0)], crs=CRS))) == 0


@given(st.lists(st.text("祥和北里号楼单元0123456789一二十 #栋", min_size=1, max_size=8), min_size=1, max_size=6))
@settings(max_examples=60)
def test_every_address_finds_itself(addresses: list[str]):
    known = [address for address in addresses if address_key(address)]
    kept = book(*addresses)
    assert len(kept) == len(known)
    for address in known:
        found = kept.find(address, most=99)
        assert {address_key(place.address) for place in found} == {address_key(address)}
        assert len(found) == sum(address_key(other) == address_key(address) for other in known)
    assert address_key(address_key(addresses[0])) == address_key(addresses[0])
