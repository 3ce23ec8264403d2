"""`import list` and `import undo` from a terminal."""

import json

import pytest
from listworld import HEAD, ROWS, make_empty

from gis.cli.main import run


@pytest.fixture
def folder(tmp_path):
    make_empty(tmp_path).close()
    (tmp_path / "theo doi.csv").write_text("DANH SÁCH\n" + HEAD + "\n".join(ROWS) + "\n", "utf-8")
    return tmp_path / "xã"


def call(capsys, *given, code=0):
    capsys.readouterr()
    if code:
        with pytest.raises(SystemExit) as ended:
            run([str(one) for one in given])
        assert ended.value.code == code
    else:
        with pytest.raises(SystemExit) as ended:
            run([str(one) for one in given])
        assert not ended.value.code
    said = capsys.readouterr()
    return said.out, said.err


def test_import_list__preview_writes_nothing_then_import_and_undo(folder, capsys):
    file, at = folder.parent / "theo doi.csv", ("--project", folder)
    said, _ = call(capsys, "import", "list", file, "--preview", *at)
    assert "3 hộ, 3 thửa" in said
    head, _ = call(capsys, "verify", *at)
    assert "0 ghi nhận" in head
    told = json.loads(call(capsys, "import", "list", file, "--json", *at)[0])
    assert (told["refused"], told["households"], told["without_map"]) == (False, 3, 3)
    assert [zone["recovered_m2"] for zone in told["zones"]] == ["250", "1900.5"]
    totals, _ = call(capsys, "totals", *at)
    assert "Chưa có bản đồ: thêm ranh giới, thửa đất" in totals
    parcels = json.loads(call(capsys, "parcels", "--json", *at)[0])
    assert [one["area_m2"] for one in parcels] == [None] * 3
    balance, _ = call(capsys, "balance", *at)
    assert "không đối chiếu được" in balance
    again = json.loads(call(capsys, "import", "list", file, "--json", *at)[0])
    assert again["seqs"] == []
    undone, _ = call(capsys, "import", "undo", told["seqs"][0], "--reason", "nhầm tệp", *at)
    assert "3 hộ ra khỏi danh bạ" in undone


def test_import_list__a_refusal_is_exit_1_and_its_reasons_are_in_the_json(folder, capsys):
    file = folder.parent / "sai.csv"
    file.write_text("DANH SÁCH\n" + HEAD + ROWS[0].replace("CCN Hoàng Sơn", "Khu lạ") + "\n", "utf-8")
    out, _ = call(capsys, "import", "list", file, "--json", "--project", folder, code=1)
    told = json.loads(out)
    assert told["refused"]
    assert [one["source"] for one in told["problems"] if one["severity"] == "refused"] == ["sai.csv, dòng 3"]
    words = ("--zone-name", "Khu lạ=ccn-hoang-son", "--json", "--project", folder)
    assert not json.loads(call(capsys, "import", "list", file, *words)[0])["refused"]


def test_import_list__wrong_words_are_a_sentence(folder, capsys):
    file = folder.parent / "theo doi.csv"
    for more in (("--changes", "maybe"), ("--columns", "DT"), ("--columns", "DT=nothing")):
        _, err = call(capsys, "import", "list", file, *more, "--project", folder, code=1)
        assert "Traceback" not in err
