"""The process that reads files: it may crash, hang or run out of memory, and the next file is read."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from vectorworld import ENDINGS, write_sample

from gis.store import guard, reading_process
from gis.store.files import read_vector
from gis.store.formats import SKIPPED_DRIVERS

ROOT = Path(__file__).parents[2]
COUNT = 5


@pytest.fixture
def file(tmp_path):
    return write_sample(tmp_path, ".gpkg", COUNT)


def whole(path):
    layers, problems = read_vector(path)
    return [len(layer.frame) for layer in layers] == [COUNT] and problems == []


def process():
    return guard._reader._process


def test_read_guarded__one_process_reads_one_file_after_the_other(file):
    assert whole(file)
    first = process().pid
    assert whole(file)
    assert process().pid == first


def test_read_guarded__a_crash_is_a_refusal_and_the_next_file_is_read(file, tmp_path):
    assert whole(file)
    stopped = process()
    os.kill(stopped.pid, signal.SIGSTOP) if hasattr(signal, "SIGSTOP") else None
    threading.Timer(0.3, stopped.kill).start()
    layers, problems = read_vector(file)
    assert (layers, [one.message for one in problems]) == ([], ["problem.reading_stopped"])
    assert whole(file)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="no process can be held on this system")
def test_read_guarded__a_hang_ends_with_its_time(file, monkeypatch):
    assert whole(file)
    monkeypatch.setattr(guard, "SECONDS", 0.5)
    os.kill(process().pid, signal.SIGSTOP)
    began = time.monotonic()
    layers, problems = read_vector(file)
    assert time.monotonic() - began < 5
    assert (layers, [one.message for one in problems]) == ([], ["problem.reading_stopped"])
    monkeypatch.undo()
    assert whole(file)


def test_read_guarded__threads_wait_for_their_turn(file):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(whole(file))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_read_guarded__a_fork_has_a_process_of_its_own(file):
    assert whole(file)
    child = os.fork()
    if child == 0:
        good = whole(file) and process() is not None
        guard._reader.close()
        os._exit(0 if good else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert whole(file)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of memory for a process")
def test_serve__has_its_limit_of_memory(file):
    assert whole(file)
    limits = Path(f"/proc/{process().pid}/limits")
    if not limits.exists():
        pytest.skip("no /proc on this system")
    (line,) = [one for one in limits.read_text().splitlines() if one.startswith("Max address space")]
    assert str(reading_process.MEMORY_BYTES) in line


def test_skipped_drivers__all_that_are_not_for_boundary_files():
    code = f"""
import os
os.environ["OGR_SKIP"] = {SKIPPED_DRIVERS!r}
import pyogrio
print(",".join(sorted(pyogrio.list_drivers())))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    left = set(done.stdout.strip().split(","))
    kept = {
        "DGN",
        "DXF",
        "ESRI Shapefile",
        "ESRIJSON",
        "FlatGeobuf",
        "GML",
        "GPKG",
        "GeoJSON",
        "GeoJSONSeq",
        "KML",
        "LIBKML",
    }
    assert left == kept | {"MapInfo File", "TopoJSON", "JSONFG", "MEM"}, (
        "JSONFG: known, and refused by its name"
    )


def test_read_vector__never_asks_the_network(tmp_path):
    path = write_sample(tmp_path, ".gml", COUNT)
    path.with_suffix(".xsd").unlink()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        schema = f"http://127.0.0.1:{server.getsockname()[1]}/thua.xsd"
        text = path.read_text("utf-8")
        assert "thua.xsd" in text
        path.write_text(text.replace("thua.xsd", schema), "utf-8")
        assert [len(layer.frame) for layer in read_vector(path)[0]] == [COUNT]
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize("ending", ENDINGS)
def test_read_vector__nothing_goes_to_stderr(tmp_path, ending):
    path = write_sample(tmp_path, ending, COUNT)
    damaged = tmp_path / f"hong{ending}"
    damaged.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    code = f"from pathlib import Path; from gis.store.files import read_vector\nfor n in {[str(path), str(damaged)]!r}: read_vector(Path(n))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
