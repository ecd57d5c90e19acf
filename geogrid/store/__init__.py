"""One GeoPackage that holds a whole project: written beside and renamed, opened read-only (`Contents`, `write_project`, `open_project`)."""
