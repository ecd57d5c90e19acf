"""The README's commands, recipe, scheme and Python lines do what it says, and it names every command and option that there is."""

from __future__ import annotations

import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from geogrid.cli import main
from geogrid.recipe import read_recipe
from geogrid.scheme import parse_scheme

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """The lines of the shell blocks but for those that set up what a test already runs in."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if not line.startswith(("sh scripts/", ". .venv"))]


def run(line: str, folder: Path) -> int:
    """Run a line in `folder` with this very Python; a service is ended by Ctrl-C as soon as it has told its address."""
    line = line.replace("python -m geogrid", f"{shlex.quote(sys.executable)} -m geogrid")
    if " serve " not in line:
        return subprocess.run(["sh", "-c", line], cwd=folder, check=False, timeout=300, stdout=subprocess.DEVNULL).returncode
    with subprocess.Popen([*shlex.split(line), "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True, encoding="utf-8") as service:
        assert service.stdout is not None
        assert any("Ctrl-C" in told for told in iter(service.stdout.readline, ""))
        service.send_signal(signal.SIGINT)
        return service.wait(60)


@pytest.mark.skipif(shutil.which("sh") is None, reason="the README's lines are for a POSIX shell")
def test_every_line_ends_with_its_exit_code(tmp_path: Path):
    assert len(commands()) > 8
    for line in commands():
        wanted = int(match[1]) if (match := re.search(r"# exit (\d)", line)) else 0
        assert run(line, tmp_path) == wanted, line
    python = "\n".join(blocks("python"))
    done = subprocess.run([sys.executable, "-W", "error", "-c", python], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_scripts_named_are_there():
    for name in re.findall(r"scripts/\w+\.\w+", TEXT):
        assert (ROOT / name).is_file(), name


def test_a_working_result_stands_in_the_first_25_lines():
    top = "\n".join(TEXT.splitlines()[:25])
    assert "sh scripts/demo.sh" in top
    assert "python -m geogrid build" in top
    assert "python -m geogrid serve" in top


def test_recipe_and_scheme_are_read(tmp_path: Path):
    recipe, scheme, _own = blocks("toml")  # the third is what tests/test_scheme_own.py builds
    (tmp_path / "recipe.toml").write_text(recipe, "utf-8")
    read = read_recipe(tmp_path / "recipe.toml")
    assert read.inputs["buildings"].homes == tuple(tomllib.loads(recipe)["inputs"]["buildings"]["homes"])
    assert [level.id for level in parse_scheme(scheme, "readme").levels] == ["community", "grid"]


def test_the_table_of_commands_is_complete():
    context = click.Context(main)
    lines = [row for row in TEXT.splitlines() if row.startswith("| `") and row.count("|") >= 3]
    rows = {row.split("`")[1].split()[0]: row for row in reversed(lines)}  # the commands stand first: a role may be called like one
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert name in rows, f"{name} is not in the README's table"
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.opts[0] not in ("--json", "--help") and name != "bench":
                assert parameter.opts[0] in rows[name], f"{name} {parameter.opts[0]}"
