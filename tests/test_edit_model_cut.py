"""Cells that a drawn border cuts reach the editor's model by a delta, and leave it by the one that takes the cut back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pyproj import Transformer

from geogrid.edit import Outcome, Reshape, apply, replay
from tests.edit_page import Area, Visit, check_same, served, tell
from tests.maps_fake import FakeProject
from tests.shared import find_chromium
from tests.tiny import CRS, WEST, X0, Y0, tiny_contents

pytestmark = pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine")
A, C = WEST + "001", WEST + "002"


@pytest.fixture(scope="module")
def area() -> Area:
    return Area(FakeProject(tiny_contents()))


@pytest.fixture(scope="module")
def visit(browser: Any, area: Area) -> Iterator[Visit]:
    with served(area.project, area.document(area.state, "grid", WEST)) as address:
        opened = Visit(browser, address)
        yield opened
        opened.close()


RIM = """() => {
    const steps = line => Array.from(line).slice(2).map((value, i) => value - line[i]);
    const long = line => steps(line).reduce((sum, step, i, all) => (i % 2 ? sum + Math.hypot(all[i - 1], step) : sum), 0);
    return view.paintPlan.borders.filter(border => border.b < 0).reduce((sum, border) => sum + long(border.line), 0);
}"""


def rim(visit: Visit) -> float:
    """Return how long the lines are that have a cell on one side only, as parts of the whole map's width."""
    return visit.evaluate(RIM)


@pytest.mark.parametrize("points", [((-5, 90), (105, 90)), ((-5, 70), (50, 70), (50, 110), (105, 110))])
def test_a_cut_comes_and_goes_and_tears_no_hole(visit: Visit, area: Area, points: tuple[tuple[float, float], ...]):
    visit.reload()
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    line = tuple(to_degrees.transform(X0 + x, Y0 + y) for x, y in points)
    before, outline = visit.evaluate("model.ground.cell.id"), rim(visit)
    outcome = apply(area.state, Reshape((A, C), line))
    after = tell(visit, area, area.state, outcome)
    check_same(visit, after)
    living = visit.evaluate("model.ground.cell.id.filter((_, row) => !model.ground.gone.has(row))")
    assert set(before) - set(living)
    assert set(living) - set(before)
    assert rim(visit) == pytest.approx(outline, rel=1e-6)
    inverse = outcome.change.inverse()
    back = replay(after, inverse)
    check_same(visit, tell(visit, area, after, Outcome(back, inverse, frozenset(), (), ())))
    assert visit.evaluate("model.ground.cell.id.filter((_, row) => !model.ground.gone.has(row))") == before
    assert rim(visit) == pytest.approx(outline, rel=1e-6)
    assert visit.said == []
