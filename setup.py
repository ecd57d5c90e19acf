"""What a wheel needs beside the code: the pages' scripts, and the boundaries that lie in `data/`.

Everything else about the package stands in `pyproject.toml`. From a clone without node the scripts are fetched by the node of a wheel.
"""

from __future__ import annotations

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
VENDOR = ROOT / "geogrid" / "maps" / "vendor"


def wanted() -> list[str]:
    """List the files that `geogrid/maps/vendored.py` says come from npm."""
    tables = runpy.run_path(str(VENDOR.with_name("vendored.py")))
    return [*tables["VENDOR"], *tables["BUNDLES"]]


class BuildWithAssets(build_py):
    """Make the assets that are not committed, then build; an editable install uses the checkout as it is."""

    def run(self) -> None:
        """Run the build."""
        if not self.editable_mode and not all((VENDOR / name).is_file() for name in wanted()):
            subprocess.run([sys.executable, "scripts/assets.py", "--install"], cwd=ROOT, check=True)
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "geogrid" / "boundaries"
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(ROOT / "data" / "boundaries", target, ignore=shutil.ignore_patterns("__pycache__"))


setup(cmdclass={"build_py": BuildWithAssets})
