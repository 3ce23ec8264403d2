"""A small commune with a register, written the way the office writes it."""

from datetime import UTC, date, datetime

import geopandas as gpd
from shapely import box

from gis.ledger.entry import Draft
from gis.plan import empty_plan_text
from gis.project import Project
from gis.project.holdings import import_holdings
from gis.project.intake import import_layer
from gis.store.database import Stamp

NOW = datetime(2026, 3, 10, 2, 5, tzinfo=UTC)  # 09:05 in Hanoi
ON = date(2026, 3, 10)
EAST, NORTH = 588_000.0, 2_201_000.0
HOUSEHOLDS = """\
commune,sheet,number,household_id,part,from,name,kind,hamlet
15910,7,1,H1,1,2025-07-01,Nguyễn Thị Hoà,household,Thôn 1
15910,7,2,H1,1/2,2025-07-01,,,
15910,7,2,H2,1/2,2025-07-01,Nguyễn Thị Hòa,household,Thôn 1
15910,7,3,H3,1,2025-07-01,Lê Văn Mẫn,household,Thôn 10
15910,7,4,H4,1,2025-07-01,Trần Đình Đức,household,Thôn 2
15895,7,5,H5,1,2025-07-01,Phạm Văn Sáu,household,Thôn 1
15895,7,6,H6,1,2025-07-01,Hợp tác xã Mẫu,organisation,
"""


def stamp(request, by="lan", now=NOW):
    return Stamp(by, request, now)


def commune(folder):
    """A project of six parcels and six households; H1 and H2 share parcel 7/2."""
    folder.mkdir()
    (folder / "project.toml").write_text(empty_plan_text(), "utf-8")
    project = Project.open(folder)
    parcels = gpd.GeoDataFrame(
        {
            "soTo": ["7"] * 6,
            "soThua": [str(n) for n in range(1, 7)],
            "maXa": ["15910"] * 4 + ["15895"] * 2,
            "loaiDat": "LUC",
        },
        geometry=[box(EAST + 100 * n, NORTH, EAST + 100 * n + 100, NORTH + 100) for n in range(6)],
        crs=5897,
    )
    parcels.to_file(folder.parent / "thua.gpkg")
    import_layer(project, "parcels", [folder.parent / "thua.gpkg"], stamp("p"), crs="EPSG:5897")
    (folder.parent / "ho.csv").write_text(HOUSEHOLDS, "utf-8")
    import_holdings(project, [folder.parent / "ho.csv"], stamp("h"))
    return project


def tell(project, fact, words=None, request="t", attachments=()):
    """An entry with words; its seq."""
    draft = Draft(ON, fact, attachments=attachments, words=(("note", words),) if words else ())
    return project.write(stamp(request), lambda *_: [draft], lambda _: True).seqs[0]


def rows(project):
    return [(row.seq, row.body, row.hash) for row in project.ledger.rows()]
