"""The register on the command line: no name leaves it unasked, and what is refused writes nothing."""

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from gis.cli.main import run

sys.path.insert(0, str(Path(__file__).parents[1] / "project"))
from peopleworld import commune


@pytest.fixture
def gis(tmp_path):
    """A call of the command line on a small commune: what it said, what it complained of, the code."""
    commune(tmp_path / "xã").close()

    def call(*words):
        said, complained = io.StringIO(), io.StringIO()
        with redirect_stdout(said), redirect_stderr(complained), pytest.raises(SystemExit) as ended:
            run([*words, "--project", str(tmp_path / "xã")])
        return said.getvalue(), complained.getvalue(), ended.value.code or 0

    return call


def as_json(gis, *words):
    said, complained, code = gis(*words, "--json")
    assert code == 0, complained
    return json.loads(said)


def test_households__names_only_where_asked(gis):
    found = as_json(gis, "households", "mẫn")
    assert found == [
        {
            "household_id": "H3",
            "kind": "household",
            "commune": "15910",
            "hamlet": "Thôn 10",
            "officer": None,
            "merged": [],
            "erased": False,
        }
    ]
    assert "Lê" not in gis("households")[0]
    assert as_json(gis, "households", "H3", "--names")[0]["name"] == "Lê Văn Mẫn"
    assert [one["household_id"] for one in as_json(gis, "households", "--hamlet", "15895/Thôn 1")] == ["H5"]
    _, complained, code = gis("households", "--hamlet", "Thôn 1")
    assert (code, "15910/Thôn 1" in complained) == (1, True)


def test_household__edit_merge_unmerge_and_their_history(gis):
    assert as_json(gis, "household", "edit", "H1", "--name", "Nguyễn Hoà", "--by", "lan") == {
        "household_id": "H1",
        "changed": ["name"],
    }
    assert as_json(gis, "household", "merge", "H2", "H1", "--by", "lan") == {
        "duplicate": "H2",
        "into": "H1",
        "same_parcels": ["P000002"],
    }
    assert as_json(gis, "households", "H2")[0]["merged"] == ["H2"]
    assert as_json(gis, "household", "unmerge", "H2", "--by", "lan")["left"] == "H1"
    told = as_json(gis, "household", "history", "H1")
    assert [(one["by"], one["field"], one.get("before"), one.get("after")) for one in told] == [
        ("lan", "name", None, None),
        ("lan", "merged_from", None, "H2"),
        ("lan", "merged_from", "H2", None),
    ]
    assert as_json(gis, "household", "history", "H1", "--names")[0]["before"] == "Nguyễn Thị Hoà"
    assert "Hoà" not in gis("household", "history", "H1")[0]


def test_household_officer__a_hamlet_is_looked_at_first(gis):
    words = ("household", "officer", "can-bo-1", "--hamlet", "15910/Thôn 1", "--by", "lan")
    said, complained, code = gis(*words)
    assert (said, code) == ("", 0)
    assert "2 hộ" in complained
    assert as_json(gis, "households", "--officer", "can-bo-1") == []
    assert as_json(gis, *words, "--yes") == {"officer": "can-bo-1", "changed": ["H1", "H2"]}
    assert len(as_json(gis, "households", "--officer", "can-bo-1")) == 2
    one = ("household", "officer", "", "--household", "H1", "--by", "lan")
    assert as_json(gis, *one) == {"officer": None, "changed": ["H1"]}
    assert gis("household", "officer", "can-bo-1", "--by", "lan")[2] == 2


def test_household_erase__needs_its_code_twice_and_says_what_is_left(gis):
    words = ("household", "erase", "H3", "--reason", "Đơn 12", "--by", "lan")
    _, complained, code = gis(*words, "--confirm", "H4")
    assert (code, "H3" in complained) == (1, True)
    assert as_json(gis, *words, "--confirm", "H3") == {
        "household_ids": ["H3"],
        "notes": [],
        "attachments": [],
        "mentioned": [],
        "in_chain": [],
        "scrubbed": True,
        "backups": [],
    }
    assert "Tệp danh sách đã nhập" in gis(*words, "--confirm", "H3")[0]
    assert as_json(gis, "households", "H3", "--names")[0] == {
        "household_id": "H3",
        "kind": "household",
        "commune": "15910",
        "hamlet": "",
        "officer": None,
        "merged": [],
        "erased": True,
        "name": "",
    }
    assert gis("verify")[2] == 0
