"""kill -9 in the middle of appends: what was acknowledged is there, nothing is half written."""

import random
import time
from contextlib import suppress
from itertools import groupby

import hands as work

from gis.ledger.verify import check_chain
from gis.store.database import open_ledger

GROUP = 3


def kill_one(context, place, name, chance):
    """The acknowledged (first seq, last seq) of a writer that was killed while it appended."""
    told, telling = context.Pipe(duplex=False)
    asked = (str(place.folder), place.url, name, telling, GROUP)
    writer = context.Process(target=work.append_for_ever, args=asked)
    writer.start()
    telling.close()
    promised = [told.recv()]
    time.sleep(chance.uniform(0, 0.05))
    writer.kill()
    writer.join()
    with suppress(EOFError):
        while True:
            promised.append(told.recv())
    told.close()
    return promised


def test_kill__every_acknowledged_entry_is_there_and_none_is_half_written(place, hands, full):
    chance, promised, turns = random.Random(7), [], 200 if full else 20  # noqa: S311 - a test's dice
    for turn in range(turns):
        promised += kill_one(hands, place, f"W{turn}", chance)
    ledger = open_ledger(place.folder, place.url)
    problems, head = check_chain(ledger.rows())
    assert problems == []
    assert len(promised) >= turns
    assert max(last for _, last in promised) <= head.seq
    entries = ledger.entries()
    requests = {
        request: [entry.item for entry in group]
        for request, group in groupby(entries, key=lambda entry: entry.request_id)
    }
    assert set(map(tuple, requests.values())) == {tuple(range(GROUP))}
    by_seq = {entry.seq: entry for entry in entries}
    assert all(by_seq[first].request_id == by_seq[last].request_id for first, last in promised)
    ledger.close()
