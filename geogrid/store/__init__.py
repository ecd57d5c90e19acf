"""One GeoPackage that holds a whole project: written beside and renamed, opened read-only."""

from geogrid.store.connect import is_project
from geogrid.store.contents import Contents
from geogrid.store.project import Project, open_project
from geogrid.store.swap import check_target
from geogrid.store.write import write_project

__all__ = ["Contents", "Project", "check_target", "is_project", "open_project", "write_project"]
