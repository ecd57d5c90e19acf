"""The administrator at the desk, as far as the API of imports goes: what the tests of imports share."""

from __future__ import annotations

import io
import json
import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from web.guard import HEADER

HOSTILE = "<script>alert(1)</script>"


class Desk:
    """The administrator's browser as far as the API goes: it sends the page's token."""

    def __init__(self, app: Flask) -> None:
        self.app, self.client = app, app.test_client()
        self.headers = {HEADER: token_of(self.client.get("/import").text)}
        self.importing = app.extensions["geogrid.importing"]

    def post(self, address: str, **sent: Any) -> TestResponse:
        return self.client.post(address, headers=self.headers, **sent)

    def begin(self) -> str:
        answer = self.post("/api/imports")
        assert answer.status_code == 201
        return answer.json["id"]

    def drop(self, name: str, *files: tuple[str, bytes]) -> TestResponse:
        return self.post(f"/api/imports/{name}/files", data={"file": [(io.BytesIO(body), file) for file, body in files]})

    def choose(self, import_id: str, /, **choices: Any) -> TestResponse:
        body = json.dumps(choices)
        return self.client.patch(f"/api/imports/{import_id}", data=body, content_type="application/json", headers=self.headers)

    def told(self, name: str) -> dict[str, Any]:
        """Everything of an import once nothing runs for it any more."""
        for _ in range(5):
            assert self.importing.jobs.wait(name)
            answer = self.client.get(f"/api/imports/{name}").json
            if answer["busy"] is None:
                return answer
        raise AssertionError("an import never came to rest")


def token_of(page: str) -> str:
    """The token that a page gives its script to send along with every change."""
    return re.search(r'data-token="([^"]+)"', page)[1]


def text_of(page: str) -> str:
    """What a reader sees: no tags, no script, no style."""
    return re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style|head).*?</\1>", " ", page))
