"""What the processes of the fault tests do: append to a ledger and acknowledge on a pipe of their own.

They are forked from a server that has everything imported, so that one starts in milliseconds; only
functions of this module and plain values go to them.
"""

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

from gis.errors import GisError
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding
from gis.store.database import Stamp, open_ledger

DAY = date(2026, 3, 1)


def draft(household):
    return Draft(DAY, Holding("P1", household, None))


def append_for_ever(folder, url, name, acknowledged, group=3):
    """Append requests of `group` entries; first and last seq are told once they are on the disk."""
    ledger = open_ledger(Path(folder), url)
    turn = 0
    while True:
        stamp = Stamp("lan", f"{name}-{turn}", datetime.now(UTC))
        with ledger.writing() as writer:
            entries = writer.append([(draft(name), stamp)] * group)
        acknowledged.send((entries[0].seq, entries[-1].seq))
        turn += 1


def append_for(folder, url, name, seconds, start, answers):
    """Append single entries for some seconds; the answer is how many, the longest wait, and what went wrong."""
    ledger = open_ledger(Path(folder), url)
    start.wait()
    end, count, longest, wrong = time.monotonic() + seconds, 0, 0.0, []
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            with ledger.writing() as writer:
                writer.append([(draft(name), Stamp("lan", f"{name}-{count}", datetime.now(UTC)))])
            count += 1
        except GisError as error:
            wrong.append(repr(error))
        longest = max(longest, time.monotonic() - began)
    ledger.close()
    answers.put((name, count, longest, wrong))


def append_as_nobody(folder, answers):
    """Try to write where this account may only read."""
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    answers.put(refusal_of(folder))


def append_on_full_disk(folder, limit_bytes, answers):
    """Append until no file may grow any more."""
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))
    answers.put(fill(folder))


def fill(folder):
    """How many entries were acknowledged before the refusal, and its class."""
    return fill_from(folder, "fill")


def fill_from(folder, name):
    """The same, by requests of another name."""
    ledger = open_ledger(Path(folder), None)
    count = 0
    while True:
        try:
            with ledger.writing() as writer:
                writer.append([(draft("H" * 40), Stamp("lan", f"{name}-{count}", datetime.now(UTC)))])
            count += 1
        except GisError as error:
            ledger.close()
            return count, type(error).__name__


def refusal_of(folder):
    """The class of the refusal, or how far it went."""
    try:
        ledger = open_ledger(Path(folder), None)
        with ledger.writing() as writer:
            writer.append([(draft("H1"), Stamp("lan", "nobody", datetime.now(UTC)))])
    except GisError as error:
        return type(error).__name__
    return "written"
