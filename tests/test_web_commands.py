"""`serve` and `demo`: to this machine only, on a port that is free, ended by Ctrl-C with exit 0."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

import web.commands as commands
from geogrid.errors import InputError
from geogrid.store import write_project
from tests.tiny import tiny_contents
from web import service
from web.service import bind, check_host


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tiny_contents(), tmp_path / "tiny.gpkg")
    return tmp_path / "tiny.gpkg"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_this_machine_may_be_listened_on(host: str):
    check_host(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", ""])
def test_without_users_nobody_else_comes_in(host: str):
    with pytest.raises(InputError, match="no users"):
        check_host(host)


def test_a_host_elsewhere_exits_2_with_a_sentence(project: Path):
    result = CliRunner().invoke(commands.serve, [str(project), "--host", "0.0.0.0"])
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: --host 0.0.0.0: this project has no users")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(("name", "what"), [("no/new.gpkg", "there is no folder"), ("new.txt", "a new project is called something.gpkg"), ("", "")])
def test_a_project_that_can_not_come_to_be_exits_2(tmp_path: Path, name: str, what: str):
    result = CliRunner().invoke(commands.serve, [str(tmp_path / name)])
    assert result.exit_code == 2
    assert what in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_project_that_is_not_there_yet_is_begun_by_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    begun: list[Path] = []

    def run(project: Path, *, announce, **_options: object) -> None:
        begun.append(project)
        announce("http://127.0.0.1:1/")

    monkeypatch.setattr(service, "run", run)
    result = CliRunner().invoke(commands.serve, [str(tmp_path / "new.gpkg"), "--port", "1"])
    assert (result.exit_code, begun) == (0, [tmp_path / "new.gpkg"])
    assert "bring data in at http://127.0.0.1:1/import" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_gives_another():
    with bind("127.0.0.1", 0) as first, bind("127.0.0.1", first.getsockname()[1]) as second:
        assert first.getsockname()[1] != second.getsockname()[1]


def test_ctrl_c_ends_the_service_with_exit_0(project: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        script = "import sys; from web.commands import serve; serve(sys.argv[1:])"
        port = str(taken.getsockname()[1])
        root = str(Path(__file__).parents[1])
        command = [sys.executable, "-c", script, str(project), "--port", port, "--json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=root)
        with process:
            address = json.loads(process.stdout.readline())["address"]
            assert f":{port}/" not in address
            with urllib.request.urlopen(address + "healthz", timeout=60) as answer:
                assert answer.read() == b"ok\n"
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
            assert "Traceback" not in process.stderr.read()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Stand-ins for simulation and pipeline that write the tiny project, and note that they were called."""
    calls: list[str] = []

    def simulated(system: str, folder: Path, *, seed: int, scale: float, progress) -> Path:
        calls.append(f"{system} {seed} {scale:g}")
        progress("simulate")
        return folder / "recipe.toml"

    def build(_recipe: Path, path: Path, *, progress) -> None:
        progress("read")
        progress("cells", 1, 2)
        progress("cells", 2, 2)
        write_project(tiny_contents(), path)

    monkeypatch.setattr("geogrid.pipeline.simulated.simulate_sources", simulated)
    monkeypatch.setattr("geogrid.pipeline.build.build", build)
    return calls


def test_the_demo_is_built_once_and_used_again(tmp_path: Path, made: list[str]):
    arguments = ["--no-serve", "--out", str(tmp_path / "demo"), "--scale", "0.1"]
    first = CliRunner().invoke(commands.demo, arguments)
    assert (first.exit_code, made) == (0, ["lubei 0 0.1"])
    assert "cells" in first.stderr
    assert Path(first.stdout.strip()).is_file()
    second = CliRunner().invoke(commands.demo, arguments)
    assert (second.exit_code, len(made)) == (0, 1)
    assert CliRunner().invoke(commands.demo, [*arguments, "--seed", "2"]).exit_code == 0
    assert len(made) == 2


def test_the_demo_lies_where_geogrid_home_says(tmp_path: Path, made: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GEOGRID_HOME", str(tmp_path / "home"))
    result = CliRunner().invoke(commands.demo, ["--no-serve", "--json"])
    assert json.loads(result.stdout)["project"] == str(tmp_path / "home" / "lubei.gpkg")
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert made


def test_a_service_speaks_the_language_of_its_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GEOGRID_LANG", "zh")
    broken = tmp_path / "a.txt"
    done = CliRunner().invoke(commands.serve, [str(broken)])
    assert (done.exit_code, done.stderr.startswith("错误：")) == (2, True)
    assert "没有这个文件" in done.stderr
    assert "Error" not in done.output
