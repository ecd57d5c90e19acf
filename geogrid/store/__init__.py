"""One GeoPackage that holds a whole project: written beside and renamed, opened read-only, or edited through a desk that keeps every version."""

from geogrid.store.backup import backup, restore
from geogrid.store.connect import is_project
from geogrid.store.contents import Contents
from geogrid.store.desk import Desk, open_desk
from geogrid.store.project import Project, open_project
from geogrid.store.records import Committed, Entry, PlanInfo
from geogrid.store.swap import check_target
from geogrid.store.write import write_project

__all__ = [
    "Committed",
    "Contents",
    "Desk",
    "Entry",
    "PlanInfo",
    "Project",
    "backup",
    "check_target",
    "is_project",
    "open_desk",
    "open_project",
    "restore",
    "write_project",
]
