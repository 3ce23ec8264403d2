"""Bars and tables as HTML: what is stuck is hatched, and a card's cell says its heading."""

from gis.maps.style import legend_rows
from gis.texts import Texts
from gis.web.charts import ClassBar, Column, class_bars, table

VI = Texts("vi")


def test_class_bars__stuck_land_is_hatched_as_on_the_map():
    bar = ClassBar("KCN", 0, {"stuck": 2.0, "handed_over": 6.0})
    drawn = class_bars([bar], legend_rows(VI), VI)
    assert '<div class="dark stuck" title="Còn vướng mắc: 2,00 ha"' in drawn
    assert drawn.count(" stuck") == 1
    assert "background:" not in drawn  # it would take the hatching away


def test_table__a_card_says_the_heading_of_each_cell():
    columns = [Column("Tên <b>", numeric=False), Column("Số")]
    assert 'data-label="Tên &lt;b&gt;"' in table(columns, [(0, ["A", "1"])], cards=True)
    plain = table(columns, [(0, ["A", "1"])])
    assert "data-label" not in plain
    assert "gp-stack" not in plain
