"""The tables of a project file, in SQL: the GeoPackage's own, the R-tree of a layer, and those of the plan.

cell  atom                    all there ever were: a cell that was cut stays, its atoms are not assigned
plan  edit  snapshot          the truth: the log of each plan, only appended to, and states that it is replayed from
unit  assign  lineage         the plan `main` as it is now, and unit_<level> its polygons: a cache of the truth, which QGIS shows
district given_<level> buildings roads … stations cameras events staff organisations memberships … finding rejected meta
"""

from __future__ import annotations

FORMAT = 2
"""Version of this layout; a file with a higher one is refused."""

CORE = """
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL, PRIMARY KEY (table_name, column_name), UNIQUE (table_name));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  UNIQUE (table_name, column_name, extension_name));
"""

PLAN = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE plan (
  fid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL,
  parent TEXT NOT NULL DEFAULT '', fork_version INTEGER, author TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL DEFAULT '',
  adopted_at TEXT NOT NULL DEFAULT '', valid_from TEXT NOT NULL DEFAULT '');
CREATE TABLE assign (plan INTEGER NOT NULL, atom INTEGER NOT NULL, unit INTEGER, PRIMARY KEY (plan, atom)) WITHOUT ROWID;
CREATE TABLE unit (
  fid INTEGER PRIMARY KEY, plan INTEGER NOT NULL, id INTEGER NOT NULL, level TEXT NOT NULL, parent INTEGER, code TEXT NOT NULL, name TEXT NOT NULL,
  kind TEXT NOT NULL, reason TEXT NOT NULL, note TEXT NOT NULL DEFAULT '', cure TEXT NOT NULL DEFAULT '', cure_m REAL NOT NULL DEFAULT 0,
  link_m REAL NOT NULL DEFAULT 0, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL, UNIQUE (plan, id));
"""

LOG = """
CREATE TABLE edit (
  fid INTEGER PRIMARY KEY, plan INTEGER NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL, author TEXT NOT NULL, reason TEXT NOT NULL,
  kind TEXT NOT NULL, body TEXT NOT NULL, change TEXT NOT NULL, units TEXT NOT NULL, codes TEXT NOT NULL, undoes INTEGER, request_id TEXT,
  valid_from TEXT, UNIQUE (plan, version));
CREATE INDEX edit_request ON edit (plan, request_id) WHERE request_id IS NOT NULL;
CREATE INDEX edit_author ON edit (plan, author, version);
CREATE TRIGGER edit_stays BEFORE DELETE ON edit BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END;
CREATE TRIGGER edit_is_fixed BEFORE UPDATE ON edit BEGIN SELECT RAISE(ABORT, 'the log is only appended to'); END;
CREATE TABLE snapshot (
  fid INTEGER PRIMARY KEY, plan INTEGER NOT NULL, version INTEGER NOT NULL, leaf BLOB NOT NULL, units BLOB NOT NULL, UNIQUE (plan, version));
CREATE TABLE lineage (code TEXT NOT NULL, position INTEGER NOT NULL, successor TEXT NOT NULL, PRIMARY KEY (code, position)) WITHOUT ROWID;
"""

LAYER_INDEX = "CREATE UNIQUE INDEX {table}_unit ON {table} (unit);\n"
"""Finds the row of a unit in a derived layer."""

INDEXES = """
CREATE INDEX IF NOT EXISTS atom_cell ON atom (cell);
CREATE INDEX IF NOT EXISTS assign_unit ON assign (plan, unit);
CREATE INDEX IF NOT EXISTS unit_code ON unit (plan, code);
CREATE INDEX IF NOT EXISTS finding_units ON finding (units);
CREATE INDEX IF NOT EXISTS finding_rule ON finding (rule);
"""

TITLES = {
    "district": "区划外轮廓",
    "cell": "剖分单元",
    "atom": "基元",
    "unit": "区划单元（各层级）",
    "plan": "划分方案",
    "edit": "调整记录",
    "finding": "问题项",
    "rejected": "拒收记录",
    "stations": "站点",
    "cameras": "摄像机",
    "events": "事件",
    "buildings": "楼栋",
    "entrances": "单元门",
    "roads": "道路",
    "railways": "铁路",
    "water": "水系",
    "walls": "围墙",
    "green": "绿地",
    "compounds": "小区",
    "prohibited": "禁设点",
    "staff": "人员",
    "organisations": "组织",
    "memberships": "隶属",
    "workplaces": "下沉单位",
    "overlays": "平急叠加",
    "patrol_units": "巡查汇总",
    "patrol_points": "巡查点",
    "unwalked": "最近一周未走街道",
}
"""What QGIS shows as the name of a layer, beside its table name."""


def quoted(name: str) -> str:
    """Quote an SQL identifier.

    >>> quoted('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def rtree_table(table: str) -> str:
    """Return the SQL that makes the empty R-tree of a layer, to be filled before `rtree_triggers` are made."""
    return f"CREATE VIRTUAL TABLE {quoted(f'rtree_{table}_geom')} USING rtree (id, minx, maxx, miny, maxy)"


def rtree_triggers(table: str) -> list[str]:
    """Return the SQL of the triggers of GeoPackage 1.4, requirement 77, that keep the R-tree in step with its layer."""
    t, r = quoted(table), quoted(f"rtree_{table}_geom")
    box = "ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
    put = f"INSERT OR REPLACE INTO {r} VALUES (NEW.fid, {box});"
    full, empty = "(NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))", "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
    had, had_not = "(OLD.geom NOT NULL AND NOT ST_IsEmpty(OLD.geom))", "(OLD.geom ISNULL OR ST_IsEmpty(OLD.geom))"
    drop = f"DELETE FROM {r} WHERE id = OLD.fid;"
    move = f"UPDATE {r} SET (minx, maxx, miny, maxy) = ({box}) WHERE id = NEW.fid;"
    cases = (
        ("insert", "AFTER INSERT", full, put),
        ("update6", "AFTER UPDATE OF geom", f"OLD.fid = NEW.fid AND {full} AND {had}", move),
        ("update7", "AFTER UPDATE OF geom", f"OLD.fid = NEW.fid AND {full} AND {had_not}", put),
        ("update2", "AFTER UPDATE OF geom", f"OLD.fid = NEW.fid AND {empty}", drop),
        ("update5", "AFTER UPDATE", f"OLD.fid != NEW.fid AND {full}", drop + put),
        ("update4", "AFTER UPDATE", f"OLD.fid != NEW.fid AND {empty}", f"DELETE FROM {r} WHERE id IN (OLD.fid, NEW.fid);"),
        ("delete", "AFTER DELETE", "OLD.geom NOT NULL", drop),
    )
    name = f"rtree_{table}_geom_"
    return [f"CREATE TRIGGER {quoted(name + case)} {when} ON {t} WHEN {test} BEGIN {does} END" for case, when, test, does in cases]
