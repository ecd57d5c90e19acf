"""The outlines and area codes that the program ships."""

import pytest
import shapely

from geogrid.errors import NotFoundError
from geogrid.simulate import outlines
from tests.shared import shared_path

boundaries = outlines.boundaries()


def test_thirteen_districts_have_valid_outlines_in_china():
    found = boundaries.districts()
    shapes = [boundaries.outline(code) for code in found.code]
    assert len(found) == 13
    assert all(s.geom_type == "Polygon" and s.is_valid for s in shapes)
    assert shapely.box(108, 34, 133, 48).contains(shapely.union_all(shapes))


def test_lubei_has_13_streets_179_residents_committees_and_71_villages():
    streets, communities = boundaries.streets("130203"), boundaries.communities("130203")
    assert len(streets) == 13
    assert communities.code.str[9].value_counts().to_dict() == {"0": 179, "2": 71}
    assert set(communities.streetCode) <= set(streets.code)


def test_codes_are_text_in_order_and_never_twice():
    codes = boundaries.communities("130203").code
    assert codes.is_unique
    assert codes.is_monotonic_increasing
    assert codes.str.fullmatch(r"\d{12}").all()


def test_a_district_without_outline_is_named_with_the_known_ones():
    with pytest.raises(NotFoundError, match="known: 130109, 130133") as caught:
        boundaries.outline("000000")
    assert "000000" in caught.value.message_zh


def test_a_district_without_codes_has_empty_tables():
    assert list(boundaries.streets("000000").columns) == ["code", "name"]
    assert boundaries.communities("000000").empty


def test_outlines_are_those_of_the_published_package():
    geopandas = pytest.importorskip("geopandas")
    given = geopandas.read_file(shared_path("boundaries/districts_tianditu.geojson"))
    for row in given.itertuples():
        assert boundaries.outline(row.code).equals(row.geometry)
