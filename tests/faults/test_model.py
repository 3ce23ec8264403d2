"""Random work on a real ledger against a plain dictionary of what must hold, and `advance` against `state`."""

import tempfile
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from gis.errors import RefusedError
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding, ObstacleClosed, ObstacleOpened
from gis.ledger.marks import Mark
from gis.ledger.setting import Setting
from gis.ledger.state import advance, state
from gis.ledger.verify import check_chain
from gis.ledger.voids import Cancel
from gis.store.database import Ledger, Stamp

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 30)
PARCELS = ("P1", "P2", "P3")
HOUSEHOLDS = ("H1", "H2")
MILESTONES = ("notified", "recovered", "handed_over")
SETTING = Setting(parcels=PARCELS, starts=FIRST, today=LAST)
days = st.integers(0, 29).map(lambda number: FIRST + timedelta(days=number))


class LedgerAgainstDictionary(RuleBasedStateMachine):
    """The model: for each holding its milestones with the days that stand, and the open obstacles by seq."""

    entries = Bundle("entries")
    obstacles = Bundle("obstacles")

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.ledger = Ledger(Path(self.folder.name) / "ledger.db")
        self.clock = datetime(2026, 2, 1, tzinfo=UTC)
        self.requests = 0
        self.reached = {(p, h): {} for p in PARCELS for h in HOUSEHOLDS}  # milestone -> {seq: day}
        self.open = {}  # seq -> (parcel, day)
        half = Fraction(1, 2)
        self.write([Draft(FIRST, Holding(p, h, half)) for p in PARCELS for h in HOUSEHOLDS])
        self.seen = state(self.ledger.entries(), LAST, self.ledger.head().seq)

    def write(self, drafts):
        self.requests += 1
        stamp = Stamp("lan", f"r{self.requests}", self.clock)
        with self.ledger.writing() as writer:
            return [entry.seq for entry in writer.append([(draft, stamp) for draft in drafts])]

    def now(self):
        return state(self.ledger.entries(), LAST, self.ledger.head().seq)

    @rule(target=entries, parcel=st.sampled_from(PARCELS), household=st.sampled_from(HOUSEHOLDS),
          milestone=st.sampled_from(MILESTONES), on=days)  # fmt: skip
    def mark(self, parcel, household, milestone, on):
        told = self.reached[parcel, household].setdefault(milestone, {})
        try:
            drafts = Mark((parcel,), milestone, on, "BB-1", household).decide(self.now(), SETTING)
        except RefusedError:
            assert told, "only a milestone that stands may be refused"
            return (0, None)
        assert not told
        (seq,) = self.write(drafts)
        told[seq] = on
        return (seq, (parcel, household, milestone))

    @rule(entry=consumes(entries))
    def void(self, entry):
        seq, place = entry
        if place is None:
            return
        parcel, household, milestone = place
        self.write(Cancel((seq,), "nhầm").decide(self.now(), SETTING))
        del self.reached[parcel, household][milestone][seq]

    @rule(target=obstacles, parcel=st.sampled_from(PARCELS), on=days)
    def open_obstacle(self, parcel, on):
        (seq,) = self.write([Draft(on, ObstacleOpened(parcel, None, "price"))])
        self.open[seq] = (parcel, on)
        return seq

    @rule(seq=consumes(obstacles))
    def close_obstacle(self, seq):
        parcel, on = self.open.pop(seq)
        self.write([Draft(on, ObstacleClosed(parcel, seq))])

    @rule(back=st.integers(-5000, 5000))
    def clock_jumps(self, back):
        self.clock += timedelta(seconds=back)

    @rule()
    def reopened(self):
        path = self.ledger.backend.path
        self.ledger.close()
        self.ledger = Ledger(path)

    @invariant()
    def state_is_the_dictionary(self):
        found = self.now()
        for (parcel, household), milestones in self.reached.items():
            (holding,) = [h for h in found.of_parcel(parcel) if h.household == household]
            stands = {name: min(told.values()) for name, told in milestones.items() if told}
            assert {name: reached.on for name, reached in holding.milestones.items()} == stands
        assert {o.seq for p in PARCELS for o in found.by_parcel[p].obstacles} == set(self.open)

    @invariant()
    def advance_is_state(self):
        fresh = self.ledger.entries(after=self.seen.known)
        self.seen = advance(self.seen, fresh)
        whole = self.now()
        assert (dict(self.seen.by_parcel), dict(self.seen.voided), self.seen.known) == (
            dict(whole.by_parcel),
            dict(whole.voided),
            whole.known,
        )

    @invariant()
    def chain_is_whole(self):
        problems, head = check_chain(self.ledger.rows())
        assert (problems, head) == ([], self.ledger.head())

    def teardown(self):
        if hasattr(self, "ledger"):
            self.ledger.close()
            self.folder.cleanup()


def test_ledger__against_a_dictionary(full):
    runs = settings(max_examples=200 if full else 12, stateful_step_count=30, deadline=None)
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(LedgerAgainstDictionary, settings=runs)
