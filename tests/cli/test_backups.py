"""backup, check-backup and restore on the command line."""

import json
import sys
from pathlib import Path

import pytest

from gis.cli.main import run


def call(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        run(words)
    assert sys.stdout is not None
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def test_backup_and_restore__the_way_there_and_back(sample_copy, tmp_path, capsys):
    secret = tmp_path / "cụm.txt"
    secret.write_text("một cụm mật khẩu dài\n", "utf-8")
    code, out, _ = call(
        capsys, "backup", str(tmp_path / "sl"), "--project", str(sample_copy), "--encrypt",
        "--passphrase-file", str(secret), "--json",
    )  # fmt: skip
    made = json.loads(out)
    assert (code, made["encrypted"]) == (0, True)
    assert call(capsys, "backup", str(tmp_path / "sl"), "--project", str(sample_copy), "--daily")[0] == 0
    assert len(list((tmp_path / "sl").glob("gpmb-*"))) == 1
    code, _, err = call(capsys, "check-backup", made["path"])
    assert (code, "--passphrase-file" in err) == (1, True)
    assert call(capsys, "check-backup", made["path"], "--passphrase-file", str(secret))[0] == 0
    code, out, _ = call(
        capsys, "restore", made["path"], "--project", str(tmp_path / "moi"), "--passphrase-file", str(secret)
    )
    assert code == 0
    assert made["head"]["hash"] in out.replace("\n", "")
    code, _, err = call(
        capsys, "restore", made["path"], "--project", str(tmp_path / "moi"), "--passphrase-file", str(secret)
    )
    assert (code, "--replace" in err) == (1, True)


def test_restore__a_damaged_one_is_a_sentence(sample_copy, tmp_path, capsys):
    code, out, _ = call(capsys, "backup", str(tmp_path / "sl"), "--project", str(sample_copy), "--json")
    path = json.loads(out)["path"]
    with Path(path).open("r+b") as file:
        file.seek(1000)
        file.write(b"????????")
    code, _, err = call(capsys, "restore", path, "--project", str(tmp_path / "moi"))
    assert code == 1
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "moi").exists()
