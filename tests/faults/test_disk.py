"""A disk that is full and a folder that may only be read: a clear refusal, nothing lost."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import hands as work
import pytest

from gis.errors import LedgerFolderError
from gis.ledger.verify import check_chain
from gis.store.database import Ledger, open_ledger


def whole(folder):
    """How many entries a ledger holds whose chain is whole."""
    ledger = Ledger(folder / "ledger.db")
    problems, head = check_chain(ledger.rows())
    ledger.close()
    assert problems == []
    return head.seq


def test_full_disk__no_file_may_grow_any_more(tmp_path, hands):
    open_ledger(tmp_path, None).close()
    answers = hands.Queue()
    writer = hands.Process(target=work.append_on_full_disk, args=(str(tmp_path), 400_000, answers))
    writer.start()
    count, refusal = answers.get(timeout=120)
    writer.join()
    assert refusal in {"LedgerFolderError", "LedgerUnfitError"}
    assert count > 10
    assert whole(tmp_path) == count


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 2 MB of its own, where this account may mount one."""
    place = tmp_path / "đĩa"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    allowed = sys.platform == "linux" and os.geteuid() == 0 and shutil.which("mount")
    if not allowed or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk; the limit on a file's size is tested all the same")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_full_disk__a_real_one_and_after_space_was_made_it_goes_on(small_disk):
    ballast = small_disk / "phim.mp4"
    ballast.write_bytes(b"x" * 1_200_000)
    count, refusal = work.fill(small_disk)
    assert refusal == "LedgerFolderError"
    ballast.unlink()
    assert whole(small_disk) == count
    more, _ = work.fill_from(small_disk, "later")
    assert more > 10
    assert whole(small_disk) == count + more


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no one from a folder by its mode")
def test_read_only_folder__is_a_refusal(tmp_path_factory, hands):
    base = tmp_path_factory.mktemp("chỉ-đọc")
    for folder in (base, *base.parents):
        if folder.stat().st_uid == os.geteuid() and folder != Path(folder.anchor):
            folder.chmod(folder.stat().st_mode | 0o055)
    open_ledger(base, None).close()
    base.chmod(0o555)
    for file in base.iterdir():
        file.chmod(0o444)
    answers = hands.Queue()
    try:
        visitor = hands.Process(target=work.append_as_nobody, args=(str(base), answers))
        visitor.start()
        assert answers.get(timeout=60) == LedgerFolderError.__name__
        visitor.join()
    finally:
        base.chmod(0o755)
        for file in base.iterdir():
            file.chmod(0o644)
    assert whole(base) == 0
