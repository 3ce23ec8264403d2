"""One small layer of plots in every format that is read, made in code."""

import zipfile
from pathlib import Path

import geopandas as gpd
import pyogrio
from shapely import box

# Ending -> GDAL's driver; the rest are made of these.
DRIVERS = {
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".geojson": "GeoJSON",
    ".geojsonl": "GeoJSONSeq",
    ".fgb": "FlatGeobuf",
    ".gml": "GML",
    ".kml": "KML",
    ".tab": "MapInfo File",
    ".mif": "MapInfo File",
    ".dxf": "DXF",
    ".dgn": "DGN",
}
ENDINGS = (*DRIVERS, ".parquet", ".json", ".zip", ".kmz")
DRAWINGS = {".dxf", ".dgn"}  # shapes alone
DEGREES = {".geojsonl", ".kml", ".kmz"}  # formats of longitude and latitude

KINDS = {"so_to": "String", "so_thua": "Integer", "xu_dong": "String", "ma_xa": "String", "dt_gcn": "Double"}


def plots(count=30):
    """Plots of 10 m x 20 m side by side in the project's CRS, with what an office writes beside each."""
    shapes = [box(588000 + 10 * i, 2201000, 588010 + 10 * i, 2201020) for i in range(count)]
    columns = {"so_to": ["7"] * count, "so_thua": range(1, count + 1), "xu_dong": ["Đồng Cửa"] * count}
    columns |= {"ma_xa": ["15910"] * count, "dt_gcn": [200.0] * count}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=5897)


def write_sample(folder, ending, count=30, stem="thua"):
    """The plots in a format, in a folder of their own; the file that a user would name."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    path, frame = folder / f"{stem}{ending}", plots(count)
    if ending in {".parquet", ".geoparquet"}:
        frame.to_parquet(path)
    elif ending == ".json":
        path.write_text(esri_json(frame), "utf-8")
    elif ending in {".zip", ".kmz"}:
        inner = write_sample(folder / "inner", ".shp" if ending == ".zip" else ".kml", count, stem)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for part in sorted(inner.parent.iterdir()):
                packed.write(part, part.name)
                part.unlink()
        inner.parent.rmdir()
    else:
        frame = frame[["geometry"]] if ending in DRAWINGS else frame
        frame = frame.to_crs(4326) if ending in DEGREES else frame
        options = {"FORMAT": "MIF"} if ending == ".mif" else {}
        pyogrio.write_dataframe(frame, path, driver=DRIVERS[ending], **options)
    return path


def esri_json(frame):
    """What a server of ESRI's answers to a query."""
    import json

    features = [
        {
            "attributes": {name: getattr(row, name) for name in KINDS},
            "geometry": {"rings": [[list(point) for point in row.geometry.exterior.coords]]},
        }
        for row in frame.itertuples()
    ]
    fields = [{"name": n, "type": f"esriFieldType{k}", "alias": n, "length": 50} for n, k in KINDS.items()]
    head = {"geometryType": "esriGeometryPolygon", "spatialReference": {"wkid": 5897}, "fields": fields}
    return json.dumps({**head, "features": features}, ensure_ascii=False)
