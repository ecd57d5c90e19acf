"""Copy the scripts and styles that the pages need from node_modules into geogrid/maps/vendor (run `npm ci --ignore-scripts` before).

The copies are not committed; the build packs them into the wheel, so an installed geogrid needs no node.
"""

from __future__ import annotations

import runpy
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Copy every file of the table; return 1 and say which is missing when npm has not been run."""
    folder = ROOT / "geogrid" / "maps"
    table = runpy.run_path(str(folder / "vendored.py"))["VENDOR"]
    target = folder / "vendor"
    target.mkdir(exist_ok=True)
    for name, source in table.items():
        path = ROOT / "node_modules" / source
        if not path.is_file():
            print(f"{path} is missing: run npm ci --ignore-scripts first", file=sys.stderr)
            return 1
        shutil.copyfile(path, target / name)
        # Leaflet's last line names a source map that is not shipped; a browser's developer tools would ask for it.
        if name.endswith(".js"):
            text = (target / name).read_text("utf-8")
            (target / name).write_text(text.split("\n//# sourceMappingURL")[0] + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
