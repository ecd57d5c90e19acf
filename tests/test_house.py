"""What the house promises of itself: small files and functions, one version, no place of a machine in it, a wheel that works alone."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE_LINES, FUNCTION_LINES = 300, 40
CODE = [path for folder in ("geogrid", "web", "scripts", "data") for path in sorted((ROOT / folder).rglob("*.py"))]
PAGES = [
    p for folder in ("geogrid", "web") for p in sorted((ROOT / folder).rglob("*")) if p.suffix in (".js", ".css", ".html") and "vendor" not in p.parts
]
# No office's machine has these; each must stand behind a guard, or not at all.
POSIX_ONLY = re.compile(
    r"os\.(fork|getuid|geteuid|setsid|killpg|nice|sched_\w+|uname)\b|SIGALRM|SIGKILL|SIGHUP|^(import|from) (fcntl|resource|pwd|grp|pty|termios)\b",
    re.MULTILINE,
)


def tracked() -> list[Path]:
    """Files under version control, or those of the tree where there is no git (an unpacked archive)."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8")
    if done.returncode:
        pytest.skip("not a git checkout")
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def code_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> int:
    """Lines of a function without its docstring, comments and blank lines."""
    first = function.body[0]
    said = range(first.lineno, (first.end_lineno or 0) + 1) if ast.get_docstring(function) is not None else range(0)
    body = [(n, lines[n - 1].strip()) for n in range(function.lineno, (function.end_lineno or 0) + 1)]
    return sum(n not in said and bool(text) and not text.startswith("#") for n, text in body)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_files_are_short():
    long = {name_of(path): n for path in [*CODE, *PAGES] if (n := len(path.read_text("utf-8").splitlines())) > FILE_LINES}
    assert long == {}


def test_functions_are_short():
    long = {}
    for path in CODE:
        text = path.read_text("utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (n := code_lines(node, text.splitlines())) > FUNCTION_LINES:
                long[f"{name_of(path)}: {node.name}"] = n
    assert long == {}


def test_every_module_says_what_it_is():
    assert [name_of(path) for path in CODE if path.stat().st_size and ast.get_docstring(ast.parse(path.read_text("utf-8"))) is None] == []


def test_nothing_that_only_posix_has():
    assert {name_of(path): match[0] for path in CODE if (match := POSIX_ONLY.search(path.read_text("utf-8")))} == {}


def test_the_version_stands_in_one_place():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert metadata.version("geogrid") == version
    assert [name_of(path) for path in CODE if f'"{version}"' in path.read_text("utf-8")] == []
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_no_file_names_a_machine_or_a_registry():
    machine = re.compile(r"(?<![\w.])/(home|root|Users|work|opt|mnt)/\w|[A-Z]:\\Users|index-url +\w+:|--find-links +[\w/]|\"resolved\":")
    registry = re.compile(r"(registry|pypi|files|mirrors?)\.[a-z]+[\w.-]*\.(org|com|cn|io)|pypi\.org")
    found = {}
    for path in tracked():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if path != Path(__file__) and (match := machine.search(text) or registry.search(text)):
            found[name_of(path)] = match[0]
    assert found == {}


def test_every_locked_package_has_its_exact_version_and_hash():
    text = re.sub(r"\\\n", " ", (ROOT / "requirements.lock").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if "==" not in line.split()[0] or "--hash=sha256:" not in line] == []
    names = {line.split("==")[0] for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {re.split(r"[><=]", name)[0] for name in wanted} <= names


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from a copy of the tracked files and the copied scripts of the pages."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("dist")
    for path in [*tracked(), *(ROOT / "geogrid" / "maps" / "vendor").iterdir()]:
        target = tree / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(tree)]
    subprocess.run(build, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.mark.long
def test_a_wheel_holds_all_that_the_program_needs(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "geogrid/maps/vendor/leaflet.js",
        "geogrid/maps/static/map.js",
        "geogrid/schemes/lubei.toml",
        "geogrid/boundaries/districts.geojson",
        "web/templates/overview.html",
        "web/static/page.js",
        "web/translations/zh/LC_MESSAGES/messages.po",
    ):
        assert part in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"geogrid", "web"}


@pytest.mark.long
def test_an_installed_wheel_runs_the_demo_without_a_shell(wheel: Path, tmp_path: Path):
    """In an environment of its own; only the dependencies are borrowed, from the one that runs the tests."""
    home = tmp_path / "env"
    venv.create(home, symlinks=os.name != "nt")
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    site = home / "Lib" / "site-packages" if os.name == "nt" else next(home.glob("lib/python*/site-packages"))
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(site), str(wheel)], check=True)
    (site / "borrowed.pth").write_text(str(Path(pytest.__file__).parents[1]), "utf-8")
    python = [str(next(scripts.glob("python*"))), "-I", "-m", "geogrid"]
    demo = [*python, "demo", "--no-serve", "--scale", "0.02", "--out", "demo", "--json"]
    environment = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ} | {"PATH": ""}
    done = subprocess.run(demo, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    project = json.loads(done.stdout)["project"]
    done = subprocess.run([*python, "map", project, "--out", "maps"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "maps" / "index.html").is_file()
