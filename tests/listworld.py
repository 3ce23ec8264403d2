"""A project without a map, and an office's list written as CSV: small enough to sum by hand."""

from datetime import UTC, date, datetime

from gis.plan import empty_plan_text
from gis.project import Project
from gis.project.office_list import import_list, preview_list
from gis.project.office_list_columns import read_office_list
from gis.project.office_list_rows import ListAnswers
from gis.store.database import Stamp

ON = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 2, tzinfo=UTC)
CCN, GD1 = "ccn-hoang-son", "kcn-phu-quy-gd1"
HEAD = (
    "STT,Họ và tên,Thôn,Xã cũ,Khu,Số tờ,Số thửa,Loại đất,Diện tích đo đạc (m2),Diện tích thu hồi (m2),"
    "Ngày phê duyệt,Số tiền phê duyệt (đồng),Ngày chi trả,Số tiền chi trả (đồng),Ngày bàn giao mặt bằng\n"
)
# Two households of one name in two hamlets; the first has two parcels, the second shares one of them.
ROWS = (
    '1,Nguyễn Thị Mẫu,Thôn 1,Hoằng Xuyên,CCN Hoàng Sơn,7,1,LUC,"1200","1000,5",01/02/2026,50000000,01/03/2026,'
    "30000000,05/03/2026",
    ',,,Hoằng Xuyên,CCN Hoàng Sơn,7,2,LUC,"900","500,2",01/02/2026,20000000,,,',
    '2,Nguyễn Thị Mẫu,Thôn 2,Hoằng Xuyên,CCN Hoàng Sơn,7,2,LUC,"900","399,8",,,,,05/03/2026',
    '3,Trần Văn Thử,Thôn 2,Hoằng Xuyên,KCN Phú Quý - giai đoạn 1,8,12a,ONT,"250","250",,,,,x',
)


def stamp(request, now=NOW):
    return Stamp("lan", request, now)


def make_empty(tmp_path, url=None):
    """A project with a plan and nothing else."""
    folder = tmp_path / "xã"
    folder.mkdir(exist_ok=True)
    (folder / "project.toml").write_text(empty_plan_text(), "utf-8")
    return Project.open(folder, url)


def read(project, tmp_path, rows=ROWS, name="theo doi.csv", head=HEAD):
    file = tmp_path / name
    file.write_text("DANH SÁCH THEO DÕI\n" + head + "\n".join(rows) + "\n", "utf-8")
    return read_office_list(project.folder, file)


def take(project, tmp_path, rows=ROWS, request="list", now=NOW, **answers):
    """Import a list; the entries it wrote."""
    return import_list(project, read(project, tmp_path, rows), stamp(request, now), ListAnswers(**answers))


def look(project, tmp_path, rows=ROWS, **answers):
    """What an import would do."""
    return preview_list(project, read(project, tmp_path, rows), ON, ListAnswers(**answers))


def zone(snapshot, zone_id):
    """A zone's total."""
    return next(total for total in snapshot.totals if total.zone_id == zone_id)


def names(project):
    """Names and hamlets that the register has, sorted."""
    with project.ledger.reading() as connection:
        from gis.store.register import read_rows

        return sorted((one.name, one.hamlet) for one in read_rows(connection).values())
