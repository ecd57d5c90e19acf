"""Work of imports that ends while somebody asks for it: never told as nothing running beside what was there before it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.import_desk import Desk
from web.importing_jobs import Tell

FAILED = {"message": "x", "message_zh": "x", "field": ""}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("asked", ["what runs", "what was chosen"])
def test_work_that_ends_at_any_moment_of_an_answer_is_told_or_still_runs(desk: Desk, monkeypatch: pytest.MonkeyPatch, asked: str, after: bool):
    """A page that is told neither asks no more, and shows what was there before until somebody loads it anew."""
    name, mine, gate = desk.begin(), desk.importing, threading.Event()
    desk.told(name)
    place = mine.imports.find(name)

    def work(_tell: Tell) -> None:
        gate.wait(60)
        mine.imports.change(place, {"failed": FAILED})

    def ends(*_: Any) -> None:
        gate.set()
        assert wait(name)

    wait = mine.jobs.wait
    assert mine.jobs.start(name, "build", work)
    owner, method = (mine.jobs, "at") if asked == "what runs" else (mine.imports, "state")
    monkeypatch.setattr(owner, method, _with(getattr(owner, method), ends, after=after))
    told = desk.client.get(f"/api/imports/{name}").json
    assert told["busy"] or told["failed"] == FAILED
    monkeypatch.undo()
    assert desk.client.get(f"/api/imports/{name}").json["failed"] == FAILED


def _with(call: Callable[..., Any], ends: Callable[..., None], *, after: bool) -> Callable[..., Any]:
    """A call in whose course, from another thread than the work's own, the work ends."""
    working = threading.local()

    def made(*arguments: Any, **named: Any) -> Any:
        if threading.current_thread().name.startswith("geogrid-import") or getattr(working, "now", False):
            return call(*arguments, **named)
        working.now = True
        try:
            if not after:
                ends()
            found = call(*arguments, **named)
            if after:
                ends()
            return found
        finally:
            working.now = False

    return made


def test_a_reading_that_ends_as_soon_as_it_began_is_asked_for_again(desk: Desk, division: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch):
    jobs, name = desk.importing.jobs, desk.begin()
    start = jobs.start
    monkeypatch.setattr(jobs, "start", lambda key, what, work: start(key, what, work) and jobs.wait(key))
    answer = desk.drop(name, *division)
    assert answer.json["layers"] == []
    assert answer.json["busy"]["what"] == "read"
    told = desk.client.get(f"/api/imports/{name}").json
    assert (len(told["layers"]), told["busy"]) == (5, None)
    desk.importing.imports.change(desk.importing.imports.find(name), {"name": "另名"})
    refused = desk.post(f"/api/imports/{name}/build", json={"accept": True})
    assert (refused.status_code, refused.json["error"]) == (409, "busy"), "nothing is built of what was read before the choice"
