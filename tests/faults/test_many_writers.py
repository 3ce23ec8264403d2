"""Eight processes at once: no entry lost or doubled, no broken chain, nobody told "locked", nobody starved."""

import threading
from collections import Counter

import hands as work
from landworld import ON, make_project, stamp

from gis.ledger.marks import Mark
from gis.ledger.verify import check_chain
from gis.project import Project
from gis.store.database import open_ledger

WRITERS = 8
LEAST_SHARE = 0.25  # of a fair share; without the lock file in front of SQLite some got a twenty-fifth
LONGEST_WAIT_S = 20  # of one append, on a machine that does other things as well


def test_append__eight_processes_at_once(place, hands, full):
    seconds = 60 if full else 10
    open_ledger(place.folder, place.url).close()
    start, answers = hands.Event(), hands.Queue()
    writers = [
        hands.Process(
            target=work.append_for, args=(str(place.folder), place.url, f"W{n}", seconds, start, answers)
        )
        for n in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    start.set()
    told = [answers.get(timeout=seconds + 60) for _ in writers]
    for writer in writers:
        writer.join()
    assert [wrong for *_, wrong in told] == [[]] * WRITERS
    ledger = open_ledger(place.folder, place.url)
    problems, head = check_chain(ledger.rows())
    counts = {name: count for name, count, _, _ in told}
    assert problems == []
    assert head.seq == sum(counts.values())
    assert Counter(entry.fact.household for entry in ledger.entries()) == Counter(counts)
    assert min(counts.values()) >= LEAST_SHARE * head.seq / WRITERS, counts
    assert max(longest for *_, longest, _ in told) < LONGEST_WAIT_S
    ledger.close()


def test_request__sent_twenty_times_at_once_writes_once(tmp_path):
    """Twenty clicks that reach two open projects together."""
    first = make_project(tmp_path)
    projects = [first, Project.open(first.folder)]
    before = first.refresh().seq
    receipts, ready = [], threading.Barrier(20)

    def click(project):
        ready.wait()
        receipts.append(project.mark(Mark(("P000001",), "handed_over", ON, "BB-1"), stamp("the same")))

    clicks = [threading.Thread(target=click, args=(projects[n % 2],)) for n in range(20)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(receipts) == 20
    assert {receipt.seqs for receipt in receipts} == {(before + 1,)}
    assert sum(not receipt.repeated for receipt in receipts) == 1
    assert first.refresh().seq == before + 1
    for project in projects:
        project.close()
