"""Boundary versions in PostGIS: the same rows as the immutable files, for an office's other tools.

The GeoParquet under its sha256 stays the truth. Its bytes stand here too, so that every machine
that shares the database has it; the two tables with geometry are a copy that `verify` compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
import sqlalchemy as sa

from gis.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

TOLERANCE_M2 = 0.1
ROWS_A_QUERY = 2000

TEXTS = ("kind", "commune", "sheet", "number", "land_use", "name", "source")
AREAS = ("legal_area_m2", "measured_area_m2")

metadata = sa.MetaData()
file_table = sa.Table(
    "boundary_file",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("bytes", sa.LargeBinary, nullable=False),
)
# Their geometry column is PostGIS's own type, which plain SQLAlchemy does not know: see below.
unit_table = sa.Table(
    "boundary_unit",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("parcel_id", sa.Text, primary_key=True),
    *(sa.Column(name, sa.Text) for name in TEXTS),
    *(sa.Column(name, sa.Double) for name in AREAS),
)
zone_table = sa.Table(
    "boundary_zone",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("zone_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text),
)


def create_boundary_tables(connection: sa.Connection, epsg: int) -> None:
    """The three tables, their geometry in the project's CRS with a spatial index."""
    metadata.create_all(connection, checkfirst=False)
    for table in (unit_table, zone_table):
        name = table.name
        connection.exec_driver_sql(
            f"ALTER TABLE {name} ADD COLUMN geom geometry(Geometry, {int(epsg)}) NOT NULL"
        )
        connection.exec_driver_sql(f"CREATE INDEX {name}_geom ON {name} USING gist (geom)")


def allow_no_shape(connection: sa.Connection) -> None:
    """A parcel that is only listed has no shape; a zone of a version always has one."""
    connection.exec_driver_sql("ALTER TABLE boundary_unit ALTER COLUMN geom DROP NOT NULL")


def has_boundary_tables(connection: sa.Connection) -> bool:
    """Whether this database keeps boundary versions: PostgreSQL does, a file does not."""
    return connection.dialect.name == "postgresql"


def add_version(connection: sa.Connection, sha256: str, content: bytes, frame: gpd.GeoDataFrame) -> None:
    """Keep a version's bytes and its rows; one that is there already stays as it is.

    Args:
        connection: Inside the writer's transaction: rows and entry come together or not at all.
        sha256: The name of the version, of `content`.
        content: The bytes of its GeoParquet file.
        frame: The rows of that file, zones or units, by their id.
    """
    if connection.scalar(sa.select(file_table.c.sha256).where(file_table.c.sha256 == sha256)):
        return
    connection.execute(sa.insert(file_table).values(sha256=sha256, bytes=content))
    table = _table_of(frame)
    if table is None:
        return
    id_column = str(frame.index.name)
    columns = [c.name for c in table.columns if c.name in frame.columns]
    names = ["sha256", id_column, *columns]
    places = ", ".join(f":{name}" for name in names)
    statement = sa.text(
        f"INSERT INTO {table.name} ({', '.join(names)}, geom) "  # noqa: S608 - names of our own tables
        f"VALUES ({places}, ST_GeomFromWKB(CAST(:geom AS bytea), {int(frame.crs.to_epsg())}))"
    )
    shapes = shapely.to_wkb(frame.geometry.to_numpy())
    plain = frame[columns].astype(object).where(frame[columns].notna(), None)
    rows = [
        {"sha256": sha256, id_column: str(key), "geom": shape, **dict(zip(columns, values, strict=True))}
        for key, shape, values in zip(
            frame.index, shapes, plain.itertuples(index=False, name=None), strict=True
        )
    ]
    for start in range(0, len(rows), ROWS_A_QUERY):
        connection.execute(statement, rows[start : start + ROWS_A_QUERY])


def read_content(connection: sa.Connection, sha256: str) -> bytes | None:
    """The bytes that were kept under a name; None where they are not there."""
    found = connection.scalar(sa.select(file_table.c.bytes).where(file_table.c.sha256 == sha256))
    return None if found is None else bytes(found)


def check_version_copy(
    connection: sa.Connection, source: str, sha256: str, frame: gpd.GeoDataFrame
) -> list[Problem]:
    """How the copy in PostGIS is not the version: other rows, another area, another shape.

    Args:
        connection: To the database with the copy.
        source: Where a problem is, as its reader finds it.
        sha256: The version's name.
        frame: The version itself, read from its immutable file.

    Returns:
        Rows by their number, the sum of areas to 0.1 m², and each unit whose shape differs.
    """
    table, id_column = _table_of(frame), str(frame.index.name)
    if table is None:
        return []
    copy = dict(_shapes(connection, table.name, id_column, sha256))
    if set(copy) != set(map(str, frame.index)):
        return [Problem(source, "verify.postgis_rows", {"needed": len(frame), "found": len(copy)})]
    found = shapely.from_wkb([copy[str(key)] for key in frame.index])
    needed_m2, found_m2 = float(frame.geometry.area.sum()), float(np.nansum(shapely.area(found)))
    if abs(needed_m2 - found_m2) > TOLERANCE_M2:
        return [Problem(source, "verify.postgis_area", {"needed": needed_m2, "found": found_m2})]
    needed = frame.geometry.to_numpy()
    none = shapely.is_missing(needed) & shapely.is_missing(found)
    same = none | shapely.equals_exact(needed, found, tolerance=0.0)
    return [
        Problem(source, "verify.postgis_shape", {"unit": str(frame.index[at])})
        for at in np.flatnonzero(~same)
    ]


def _shapes(
    connection: sa.Connection, table: str, id_column: str, sha256: str
) -> Iterator[tuple[str, bytes | None]]:
    query = sa.text(
        f"SELECT {id_column}, ST_AsBinary(geom) FROM {table} WHERE sha256 = :sha256"  # noqa: S608 - our own
    )
    for key, shape in connection.execute(query, {"sha256": sha256}):
        yield str(key), None if shape is None else bytes(shape)


def _table_of(frame: gpd.GeoDataFrame) -> sa.Table | None:
    """The table with the rows of a version; None: listed areas have no shape, their bytes are all."""
    return {"zone_id": zone_table, "parcel_id": unit_table}.get(str(frame.index.name))
