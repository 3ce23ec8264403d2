"""Which files are vector files, by their name and their first bytes.

GDAL opens far more than boundary files: descriptions that point at other files or at servers (VRT, WFS),
PDF, databases. Only what is listed here is handed to it.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, Final

from gis.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

# First bytes that a file of that ending must have; () where the format is text without a mark.
VECTOR_FORMATS: Final[dict[str, tuple[bytes, ...]]] = {
    ".gpkg": (b"SQLite format 3\0",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".geojson": (b"{", b"["),
    ".json": (b"{", b"["),
    # GeoJSON by lines; RFC 8142 puts a record separator before each.
    ".geojsonl": (b"{", b"\x1e"),
    ".geojsons": (b"{", b"\x1e"),
    ".ndjson": (b"{", b"\x1e"),
    ".fgb": (b"fgb",),
    ".kml": (b"<",),
    ".gml": (b"<",),
    ".tab": (b"!table",),
    ".mif": (b"version",),
    ".parquet": (b"PAR1",),
    ".geoparquet": (b"PAR1",),
    ".zip": (b"PK\x03\x04",),
    ".kmz": (b"PK\x03\x04",),
    ".dxf": (),
    # DGN v7: the first element is a terminal header of type 9 or a cell library header of type 5.
    ".dgn": (b"\x08\x09\xfe\x02", b"\xc8\x09\xfe\x02", b"\x08\x05\x17\x00"),
}
# Drivers those endings lead to; a file that GDAL takes for another is refused.
DRIVERS: Final = frozenset(
    {
        "DGN",
        "DXF",
        "ESRI Shapefile",
        "ESRIJSON",
        "FlatGeobuf",
        "GML",
        "GPKG",
        "GeoJSON",
        "GeoJSONSeq",
        "KML",
        "LIBKML",
        "MapInfo File",
        "Parquet",
        "TopoJSON",
    }
)
# Formats an office has that GDAL's free build cannot read; each wants its own way out.
_DGN_V8: Final = b"\xd0\xcf\x11\xe0"
_XML_LAYERS: Final = (b"<OGRVRT", b"<OGRWFS", b"<WMS_", b"<GDAL")
_BINARY: Final = frozenset({".gpkg", ".shp", ".dgn", ".fgb", ".parquet", ".geoparquet", ".zip", ".kmz"})
_HEAD_BYTES: Final = 4096
_DXF_BINARY: Final = b"AutoCAD Binary DXF"
# More than any commune has, and less than would fill an office's machine.
MOST_BYTES: Final = 2 << 30
# Drivers without use here, which may open a server, a database or another file: the reading process has none.
SKIPPED_DRIVERS: Final = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,EDIGEO,EEDA,Elasticsearch,GDALG,GPSBabel,"
    "GPX,GTFS,GeoRSS,HTTP,Idrisi,JML,LVBAG,MBTiles,MVT,MapML,MiraMonVector,NGW,OAPIF,ODS,OGCAPI,"
    "OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,PDS4,PGDUMP,PLSCENES,PMTiles,S57,SQLite,SXF,"
    "Selafin,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)
# Endings of the files that belong to another: what GDAL opens beside the one it is given.
PART_ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    ".shp": (".shx", ".dbf", ".prj", ".cpg", ".cst", ".sbn", ".sbx", ".qix", ".idm", ".ind"),
    ".tab": (".dat", ".map", ".id", ".ind", ".dbf"),
    ".mif": (".mid",),
    ".gpkg": (".gpkg-wal", ".gpkg-shm", ".gpkg-journal"),
    ".gml": (".xsd", ".gfs"),
    ".dgn": (".prj",),
    ".dxf": (".prj",),
}


def vector_files(folder: Path) -> list[Path]:
    """The vector files in a folder, sorted by name; parts of other files and notes are passed over.

    Hidden files, folders and everything that does not end like a vector file (".dbf", ".prj", "-wal",
    ".tif") are no vector files. A folder that is not there holds none.
    """
    if not folder.is_dir():
        return []
    return sorted(
        (
            path
            for path in folder.iterdir()
            if path.suffix.lower() in VECTOR_FORMATS and not path.name.startswith(".") and path.is_file()
        ),
        key=lambda path: path.name,
    )


def check_format(path: Path) -> list[Problem]:
    """Why a file cannot be read as a vector file, before GDAL sees it; empty if it can be tried."""
    file = path.name
    try:
        there = path.exists()
    except OSError as error:
        return [Problem(file, "problem.file_unreadable", {"reason": error.strerror or str(error)})]
    if not there:
        return [Problem(file, "problem.file_missing", {"path": str(path)})]
    if path.is_dir():
        return [Problem(file, "problem.file_is_folder", {"path": str(path)})]
    ending = path.suffix.lower()
    try:
        unfit = _check_parts([path, *parts(path)])
        if unfit:
            return unfit
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError as error:
        return [Problem(file, "problem.file_unreadable", {"reason": error.strerror or str(error)})]
    if ending not in VECTOR_FORMATS:
        message = "problem.format_dwg" if ending == ".dwg" else "problem.format_unknown"
        return [Problem(file, message, {"found": ending, "known": " ".join(VECTOR_FORMATS)})]
    if not head:
        return [Problem(file, "problem.file_empty")]
    return _check_head(file, ending, head)


def parts(path: Path) -> list[Path]:
    """The files that belong to one: the same name, capitals aside, with one of its format's other endings."""
    ending = path.suffix.lower()
    wanted = {f"{path.stem}{other}".casefold() for other in PART_ENDINGS.get(ending, ())}
    if not wanted:
        return []
    return sorted(other for other in path.parent.iterdir() if other.name.casefold() in wanted)


def _check_parts(paths: list[Path]) -> list[Problem]:
    """A pipe or a device would be waited on for ever, and a file of gigabytes fills the memory."""
    size = 0
    for path in paths:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return [Problem(path.name, "problem.file_not_regular")]
        size += status.st_size
    if size > MOST_BYTES:
        return [Problem(paths[0].name, "problem.file_large", {"found": size >> 20, "most": MOST_BYTES >> 20})]
    return []


def _check_head(file: str, ending: str, head: bytes) -> list[Problem]:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    marks = VECTOR_FORMATS[ending]
    if ending == ".dxf" and head.startswith(_DXF_BINARY):
        return [Problem(file, "problem.format_dxf_binary")]
    if ending == ".dgn" and head.startswith(_DGN_V8):
        return [Problem(file, "problem.format_dgn_v8")]
    if any(mark in text for mark in _XML_LAYERS) and ending not in _BINARY:
        return [Problem(file, "problem.format_points_elsewhere")]
    if marks and not head.startswith(marks) and not text.lower().startswith(marks):
        return [Problem(file, "problem.format_other", {"ending": ending})]
    return []
