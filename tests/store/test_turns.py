"""One at a time, in every thread and process; given back whatever happens."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gis.store.turns import take_turn

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys, time
from pathlib import Path
from gis.store.turns import take_turn
with take_turn(Path(sys.argv[1]), 5):
    print("held", flush=True)
    time.sleep(60)
"""


def test_take_turn__another_thread_waits(tmp_path):
    path, order = tmp_path / "a.lock", []

    def second():
        with take_turn(path, 10):
            order.append("second")

    with take_turn(path, 1):
        other = threading.Thread(target=second)
        other.start()
        time.sleep(0.1)
        order.append("first")
    other.join()
    assert order == ["first", "second"]


def test_take_turn__gives_up_in_time_and_leaves_nothing_open(tmp_path):
    path = tmp_path / "a.lock"
    with take_turn(path, 1), pytest.raises(TimeoutError):
        take_turn(path, 0.02)
    with take_turn(path, 0):
        pass


def test_take_turn__an_error_inside_gives_it_back(tmp_path):
    path = tmp_path / "a.lock"
    with pytest.raises(ValueError, match="inside"), take_turn(path, 1):
        raise ValueError("inside")
    with take_turn(path, 0):
        pass


def test_take_turn__a_killed_process_gives_it_back(tmp_path):
    path = tmp_path / "a.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, path], cwd=ROOT, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(TimeoutError):
        take_turn(path, 0.05)
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with take_turn(path, 5):
        pass


def test_take_turn__a_folder_that_is_not_there(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        take_turn(tmp_path / "gone" / "a.lock", 1)
