"""`proof`: why a parcel is (not) cleared, in words and as JSON."""

import hashlib
import json
import sys
from datetime import date

import pytest

from gis.cli.main import run
from gis.project import Project


def call(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        run(words)
    assert sys.stdout is not None
    return ended.value.code, capsys.readouterr().out


def test_proof__json_lets_an_auditor_hash_each_entry(sample_folder, capsys):
    project = Project.open(sample_folder)
    snapshot = project.snapshot(date(2026, 11, 15))
    cleared = str(snapshot.classes[snapshot.classes == "handed_over"].index[0])
    code, out = call(
        capsys, "proof", cleared, "--project", str(sample_folder), "--on", "15/11/2026", "--json"
    )
    found = json.loads(out)
    assert (code, found["cleared"]) == (0, True)
    assert [one["condition"] for one in found["conditions"] if one["decides"]] == ["held", "handed_over"]
    for entry in found["entries"]:
        before = project.ledger.hash_at(entry["seq"] - 1) or "0" * 64
        assert hashlib.sha256((before + entry["body"]).encode()).hexdigest() == entry["hash"]
    project.close()


def test_proof__an_unknown_parcel_is_a_sentence(sample_folder, capsys):
    with pytest.raises(SystemExit) as ended:
        run(["proof", "15910/9999/1", "--project", str(sample_folder)])
    assert ended.value.code == 1
    assert "15910/9999/1" in capsys.readouterr().err


def test_proof__says_it_in_words(sample_folder, capsys):
    code, out = call(capsys, "proof", "P004855", "--project", str(sample_folder), "--on", "15/11/2026")
    assert code == 0
    assert "CHƯA BÀN GIAO MẶT BẰNG" in out
    assert "HD9XHVXVK" in out
