"""The desk on a tablet: fingers that tap, stroke and zoom, a line and a mode without keys; and what a phone is told."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from tests.planners_desk import Planner

SOUTH = "130203008002"


class Fingers:
    """Fingers on the screen of a planner's tablet."""

    def __init__(self, planner: Planner) -> None:
        self.planner = planner
        self.session = planner.context.new_cdp_session(planner.page)

    def stroke(self, *points: list[float]) -> None:
        """One finger goes through points."""
        self._send("touchStart", [points[0]])
        for a, b in itertools.pairwise(points):
            for i in range(1, 5):
                self._send("touchMove", [[a[0] + (b[0] - a[0]) * i / 4, a[1] + (b[1] - a[1]) * i / 4]])
        self._send("touchEnd", [])

    def rest(self, point: list[float]) -> None:
        """One finger rests on a point for a second."""
        self._send("touchStart", [point])
        self.planner.page.wait_for_timeout(1000)
        self.planner.drawn()
        self._send("touchEnd", [])

    def spread(self, middle: list[float]) -> None:
        """Two fingers go apart."""
        for i, kind in enumerate(["touchStart"] + ["touchMove"] * 6):
            self._send(kind, [[middle[0] - 40 - 12 * i, middle[1]], [middle[0] + 40 + 12 * i, middle[1]]])
        self._send("touchEnd", [])

    def _send(self, kind: str, points: list[list[float]]) -> None:
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
        self.planner.page.wait_for_timeout(20)


@pytest.fixture
def tablet(browser: Any, service: str) -> Iterator[Planner]:
    made = Planner(browser, service, viewport={"width": 1024, "height": 768}, has_touch=True)
    made.open(SOUTH)
    yield made
    made.close()


def test_a_finger_draws_round_places_adds_and_takes_out_by_the_mode(tablet: Planner):
    page, fingers = tablet.page, Fingers(tablet)
    cells = tablet.hand("doors", tablet.hand("moves")[0]["from"])[:2]
    tablet.look(*cells)
    spots = [tablet.hand("spot", cell) for cell in cells]
    page.tap('[data-tool="lasso"]')
    left, right = min(x for x, _ in spots) - 12, max(x for x, _ in spots) + 12
    top, bottom = min(y for _, y in spots) - 12, max(y for _, y in spots) + 12
    fingers.stroke([left, top], [right, top], [right, bottom], [left, bottom], [left, top])
    assert set(cells) <= set(tablet.selected)
    page.tap('[data-tool="click"]')
    page.tap('[data-mode="remove"]')
    page.touchscreen.tap(*spots[0])
    tablet.until(f"!window.hand.selected().includes({cells[0]})")
    assert cells[1] in tablet.selected
    page.tap('[data-mode="add"]')
    page.touchscreen.tap(*spots[0])
    tablet.until(f"{cells}.every(cell => window.hand.selected().includes(cell))")


def test_a_line_by_finger_is_shortened_given_up_and_ended_by_buttons(tablet: Planner):
    page = tablet.page
    box = page.locator(".leaflet-container").bounding_box()
    spots = [(box["x"] + box["width"] * share, box["y"] + box["height"] * 0.5) for share in (0.3, 0.5, 0.7)]
    page.tap('[data-tool="line"]')
    assert not page.locator("#line-bar").is_visible()
    for spot in spots:
        page.touchscreen.tap(*spot)
        page.wait_for_timeout(400)
    page.tap("[data-line=back]")
    assert page.evaluate("geogridDesk.view.tool.points.length") == 2
    page.tap("[data-line=cancel]")
    assert not page.locator("#line-bar").is_visible()
    page.touchscreen.tap(*spots[0])
    page.wait_for_timeout(400)
    assert page.locator("[data-line=finish]").is_disabled()
    page.touchscreen.tap(*spots[2])
    page.wait_for_timeout(400)
    page.tap("[data-line=finish]")
    tablet.until("document.querySelector('dialog[open]') || document.querySelector('#notices').innerText")
    assert not page.locator("#line-bar").is_visible()


def test_a_finger_that_rests_on_a_unit_makes_it_the_target(tablet: Planner):
    move = tablet.hand("moves")[0]
    place = tablet.hand("cells", move["to"])[0]
    tablet.look(move["cell"], place)
    tablet.page.touchscreen.tap(*tablet.hand("spot", move["cell"]))
    tablet.until("window.hand.selected().length")
    Fingers(tablet).rest(tablet.hand("spot", place))
    assert tablet.page.evaluate("geogridDesk.model.target") == tablet.hand("row", move["to"])
    assert tablet.selected == [move["cell"]]


def test_two_fingers_zoom_the_map_and_select_nothing(tablet: Planner):
    page = tablet.page
    page.tap('[data-tool="brush"]')
    before = page.evaluate("geogrid.map.getZoom()")
    box = page.locator(".leaflet-container").bounding_box()
    Fingers(tablet).spread([box["x"] + box["width"] / 2, box["y"] + box["height"] / 2])
    tablet.until(f"geogrid.map.getZoom() > {before}")
    assert tablet.selected == []


def test_a_tablet_on_end_has_a_map_as_wide_as_what_the_rail_leaves_and_a_phone_is_told_what_it_can_do(browser: Any, service: str):
    tablet = Planner(browser, service, viewport={"width": 768, "height": 1024}, has_touch=True).open(SOUTH)
    stage, drawer = (tablet.page.locator(place).bounding_box() for place in ("#stage", "#drawer"))
    assert stage["width"] > 400
    assert drawer["y"] >= stage["y"] + stage["height"] - 1
    assert not tablet.page.locator(".small-screen").is_visible()
    tablet.close()
    phone = Planner(browser, service, viewport={"width": 390, "height": 844}, has_touch=True).open(SOUTH)
    assert "手机" in phone.page.locator(".small-screen").inner_text()
    phone.close()
