"""Recipes: what is read, and that every mistake is named with the nearest known word."""

import pytest

from geogrid.errors import RecipeError
from geogrid.recipe import read_recipe

GOOD = """
name = "历下"
scheme = "community-grid-microgrid"
seed = 7
date = 2025-03-01
[inputs.roads]
path = "roads.gpkg"
layer = "axes"
[inputs.buildings]
path = "sub/buildings.shp"
crs = "GCJ-02"
encoding = "GB18030"
columns = { floors = "层数", households = "户数" }
homes = ["住宅", 1]
[levels.microgrid]
households = [10, 15]
split_floors = true
"""


def write(folder, text):
    path = folder / "recipe.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_good_recipe_says_all_it_holds(tmp_path):
    recipe = read_recipe(write(tmp_path, GOOD))
    assert (recipe.name, recipe.scheme, recipe.seed, recipe.date) == ("历下", "community-grid-microgrid", 7, "2025-03-01")
    assert list(recipe.inputs) == ["roads", "buildings"]
    buildings = recipe.inputs["buildings"]
    assert (buildings.path, buildings.crs, buildings.encoding) == (tmp_path / "sub/buildings.shp", "GCJ-02", "GB18030")
    assert buildings.columns == {"floors": "层数", "households": "户数"}
    assert recipe.levels["microgrid"] == {"households": [10, 15], "split_floors": True}
    assert recipe.inputs["roads"].layer == "axes"
    assert (buildings.homes, recipe.inputs["roads"].homes) == (("住宅", "1"), ())


def test_defaults_are_seed_zero_not_simulated_no_source(tmp_path):
    recipe = read_recipe(write(tmp_path, 'name = "a"\nscheme = "b"\n[inputs.roads]\npath = "r.gpkg"'))
    assert (recipe.seed, recipe.simulated, recipe.source, recipe.date, dict(recipe.levels)) == (0, False, "", "", {})


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("seed = 7", "sead = 7", "'seed'"),
        ("[inputs.buildings]", "[inputs.building]", "'buildings'"),
        ("layer = ", "layr = ", "'layer'"),
        ("floors =", "flors =", "'floors'"),
        ("seed = 7", "seed = true", "a whole number"),
        ("seed = 7", 'seed = "7"', "a whole number"),
        ('path = "roads.gpkg"', "", "path"),
        ('name = "历下"', "", "name"),
        ('scheme = "community-grid-microgrid"', 'scheme = ""', "scheme"),
        ('floors = "层数"', "floors = 3", "the name in the file"),
        ('floors = "层数"', 'floors = "层数', "not TOML"),
        ("[levels.microgrid]", "[levels]\nmicrogrid = 3\n[source]", "source"),
    ],
)
def test_a_mistake_is_named_with_the_nearest_known_word(tmp_path, old, new, named):
    assert old in GOOD
    with pytest.raises(RecipeError) as caught:
        read_recipe(write(tmp_path, GOOD.replace(old, new, 1)))
    assert named in caught.value.message
    assert caught.value.message_zh != caught.value.message


def test_an_unknown_word_that_is_near_nothing_lists_the_known_ones(tmp_path):
    with pytest.raises(RecipeError, match="known: district, streets"):
        read_recipe(write(tmp_path, 'name = "a"\nscheme = "b"\n[inputs.qqqq]\npath = "x.gpkg"'))


@pytest.mark.parametrize("text", ['name = "a"\nscheme = "b"', 'name = "a"\nscheme = "b"\n[inputs]', 'name = "a"\nscheme = "b"\ninputs = 3'])
def test_a_recipe_without_inputs_is_refused(tmp_path, text):
    with pytest.raises(RecipeError, match="inputs"):
        read_recipe(write(tmp_path, text))


def test_a_recipe_that_is_not_there_or_not_utf8_is_refused(tmp_path):
    with pytest.raises(RecipeError, match="no such file"):
        read_recipe(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes('name = "历下"'.encode("gb18030"))
    with pytest.raises(RecipeError, match="UTF-8"):
        read_recipe(tmp_path / "gbk.toml")


def test_a_byte_order_mark_is_welcome(tmp_path):
    (tmp_path / "recipe.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert read_recipe(tmp_path / "recipe.toml").name == "历下"


def test_a_url_stays_as_it_is_for_the_door_to_refuse(tmp_path):
    recipe = read_recipe(write(tmp_path, 'name = "a"\nscheme = "b"\n[inputs.roads]\npath = "http://example.org/r.geojson"'))
    assert "example.org" in str(recipe.inputs["roads"].path)
