"""Signing in and out in Chromium, by keyboard: what only a real browser does with forms, origins and cookies."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright import sync_api
from waitress import create_server

from tests.people import PASSWORD, manned_app
from tests.shared import find_chromium
from tests.test_web_browser import _axe
from tests.tiny import WEST

pytestmark = pytest.mark.skipif(not find_chromium(), reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = create_server(manned_app(tmp_path_factory.mktemp("people")), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(5)


@pytest.fixture
def page(browser: sync_api.Browser) -> Iterator[sync_api.Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_one_signs_in_by_keyboard_and_out_again(page: sync_api.Page, address: str):
    page.goto(f"{address}/plans")
    assert page.url == f"{address}/login?next=/plans"
    assert _axe(page) == []
    assert page.evaluate("document.activeElement.id") == "name"
    for word in ("west", "a wrong one"):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#wrong")
    assert page.evaluate("document.activeElement.id") == "password", "the name is kept, the password is asked for again"
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/plans")
    assert page.evaluate("document.cookie") == "", "no script reads the cookie"
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    page.locator(".user summary").focus()
    page.keyboard.press("Enter")
    assert page.locator(".user p").inner_text().splitlines() == ["west", "规划员", f"{WEST} 及以下"]
    page.get_by_role("link", name="我的账户").click()
    page.wait_for_url("**/account")
    assert _axe(page) == []
    page.locator(".user summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(f"{address}/")
    assert page.locator(".sign-in-link").count() == 1
    page.go_back()
    page.goto(f"{address}/plans")
    assert "/login" in page.url


def test_a_foreign_page_in_the_same_browser_changes_nothing(page: sync_api.Page, address: str):
    page.goto(f"{address}/login")
    for name, word in (("name", "pat"), ("password", PASSWORD)):
        page.fill(f"#{name}", word)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    body = "<form method=post><input name=edit value=x></form>"
    page.route("http://evil.example/**", lambda route: route.fulfill(content_type="text/html", body=body))
    for target in ("/logout", "/account", "/api/edits", "/api/undo", "/api/plans"):
        page.goto("http://evil.example/")
        with page.expect_response(address + target) as answer:
            page.evaluate("address => { document.forms[0].action = address; document.forms[0].submit(); }", address + target)
        assert answer.value.status in (401, 403), target
        page.wait_for_url(address + target)
    page.goto(f"{address}/plans")
    assert page.url == f"{address}/plans", "nobody was signed out from outside"
    assert page.evaluate("fetch('/api/log').then(answer => answer.json()).then(log => log.version)") == 1
