"""The fold, against ledgers written out by hand, and its laws."""

import sys
from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gis.ledger.facts import Boundaries
from gis.ledger.state import advance, state

sys.path.insert(0, str(Path(__file__).parent))
from build import closes, day, entries, holds, opens, reaches, voids


def milestones(found, parcel, household):
    return {name: reached.on for name, reached in found.holdings[parcel, household].milestones.items()}


def test_state__a_day_includes_what_happened_on_it():
    """P1 is held from day 1 and handed over on day 5."""
    ledger = entries((1, holds("P1", "H1")), (5, reaches("P1", "H1", "handed_over")))
    assert milestones(state(ledger, day(4), 2), "P1", "H1") == {}
    assert milestones(state(ledger, day(5), 2), "P1", "H1") == {"handed_over": day(5)}


def test_state__known_leaves_out_what_was_written_later():
    ledger = entries((1, holds("P1", "H1")), (2, reaches("P1", "H1", "paid")), (None, voids("P1", 2)))
    assert milestones(state(ledger, day(9), 1), "P1", "H1") == {}
    assert milestones(state(ledger, day(9), 2), "P1", "H1") == {"paid": day(2)}
    assert milestones(state(ledger, day(9), 3), "P1", "H1") == {}


def test_state__a_late_entry_of_an_early_day_counts_from_that_day():
    """Written third, dated second: the first time wins for the day of the milestone."""
    ledger = entries(
        (1, holds("P1", "H1")), (7, reaches("P1", "H1", "paid")), (3, reaches("P1", "H1", "paid", "BB-2"))
    )
    assert milestones(state(ledger, day(9), 3), "P1", "H1") == {"paid": day(3)}
    assert milestones(state(ledger, day(9), 2), "P1", "H1") == {"paid": day(7)}


def test_state__ties_of_a_day_keep_written_order():
    ledger = entries(
        (1, holds("P1", "H1")),
        (2, reaches("P1", "H1", "paid", "first")),
        (2, reaches("P1", "H1", "paid", "second")),
    )
    assert state(ledger, day(2), 3).holdings["P1", "H1"].milestones["paid"].document == "first"


def test_state__obstacles_open_and_close_by_their_days():
    ledger = entries((2, opens("P1")), (6, closes("P1", 1)), (3, opens("P1", "graves")))
    assert state(ledger, day(1), 3).stuck == frozenset()
    assert [o.category for o in state(ledger, day(5), 3).by_parcel["P1"].obstacles] == ["price", "graves"]
    assert [o.category for o in state(ledger, day(6), 3).by_parcel["P1"].obstacles] == ["graves"]


def test_state__a_heir_keeps_what_all_predecessors_reached():
    """A paid on day 2 and was inventoried, B only inventoried on day 4; C takes over from both."""
    ledger = entries(
        (1, holds("P1", "A", Fraction(1, 2))),
        (1, holds("P1", "B", Fraction(1, 2))),
        (2, reaches("P1", "A", "inventoried")),
        (2, reaches("P1", "A", "paid")),
        (4, reaches("P1", "B", "inventoried")),
        (5, holds("P1", "C", Fraction(1), "A", "B")),
    )
    before, after = state(ledger, day(4), 6), state(ledger, day(5), 6)
    assert [h.household for h in before.of_parcel("P1")] == ["A", "B"]
    assert [h.household for h in after.of_parcel("P1")] == ["C"]
    assert milestones(after, "P1", "C") == {"inventoried": day(4)}


def test_state__a_division_gives_each_part_the_milestones_of_the_whole():
    """One act (request "act") divides A's parcel between A and B, whichever line comes first."""
    for first, second in (("A", "B"), ("B", "A")):
        ledger = entries(
            (1, holds("P1", "A")),
            (2, reaches("P1", "A", "paid")),
            (3, holds("P1", first, Fraction(1, 2), "A"), "act"),
            (3, holds("P1", second, Fraction(1, 2), "A"), "act"),
        )
        found = state(ledger, day(3), 4)
        assert [(h.household, h.part) for h in found.of_parcel("P1")] == [
            ("A", Fraction(1, 2)),
            ("B", Fraction(1, 2)),
        ]
        assert milestones(found, "P1", "B") == {"paid": day(2)}


def test_state__a_milestone_waits_for_a_holding_entered_anew():
    """The holding was voided and written again after its milestone: nothing is lost."""
    ledger = entries(
        (1, holds("P1", "H1")),
        (1, reaches("P1", "H1", "paid")),
        (None, voids("P1", 1)),
        (1, holds("P1", "H1", None)),
    )
    assert state(ledger, day(1), 3).orphans == (2,)
    found = state(ledger, day(1), 4)
    assert milestones(found, "P1", "H1") == {"paid": day(1)}
    assert found.orphans == ()


def test_state__the_newest_version_of_a_layer_is_in_force():
    first, second = (Boundaries("parcels", sha, 1, "EPSG:5897", 2, ()) for sha in ("aa", "bb"))
    ledger = entries((1, first), (4, second))
    assert state(ledger, day(3), 2).boundaries["parcels"].fact.sha256 == "aa"
    assert state(ledger, day(4), 2).boundaries["parcels"].fact.sha256 == "bb"


def test_state__last_seq_counts_every_line_of_a_holding():
    ledger = entries(
        (1, holds("P1", "H1")),
        (1, holds("P1", "H2")),
        (2, reaches("P1", "H1", "paid")),
        (None, voids("P1", 3)),
    )
    found = state(ledger, day(9), 4)
    assert [(h.household, h.last_seq) for h in found.of_parcel("P1")] == [("H1", 4), ("H2", 2)]


PARCELS, HOUSEHOLDS = ("P1", "P2"), ("A", "B", "C")


@st.composite
def ledgers(draw):
    """Ledgers of up to 14 lines over two parcels: backdated lines, voids and transfers among them."""
    facts = []
    for seq in range(1, draw(st.integers(1, 14)) + 1):
        parcel = draw(st.sampled_from(PARCELS))
        household = draw(st.sampled_from(HOUSEHOLDS))
        kind = draw(st.sampled_from(["holds", "holds", "reaches", "reaches", "opens", "closes", "voids"]))
        earlier = [
            n for n, (_, fact) in enumerate(facts, start=1) if fact.parcel == parcel and fact.kind != "void"
        ]
        fact = None
        if kind == "voids" and earlier:
            facts.append((None, voids(parcel, draw(st.sampled_from(earlier)))))
            continue
        if kind == "closes":
            opened = [n for n in earlier if facts[n - 1][1].kind == "obstacle_opened"]
            fact = closes(parcel, draw(st.sampled_from(opened))) if opened else None
        if kind == "opens":
            fact = opens(parcel)
        if kind == "holds":
            fact = holds(parcel, household, None, *draw(st.sets(st.sampled_from(HOUSEHOLDS), max_size=2)))
        fact = fact or reaches(
            parcel, household, draw(st.sampled_from(["notified", "paid", "handed_over"])), f"{seq}"
        )
        facts.append((draw(st.integers(1, 6)), fact))
    return entries(*facts)


def plain(found):
    """A state by value: by_parcel without empty parcels, boundaries, voids."""
    shown = {
        parcel: (
            [(h.household, h.part, h.since, h.seq, h.last_seq, dict(h.milestones)) for h in one.holdings],
            one.obstacles,
            one.orphans,
        )
        for parcel, one in found.by_parcel.items()
    }
    return found.on, found.known, shown, dict(found.boundaries), dict(found.voided)


@settings(max_examples=200, deadline=None)
@given(ledgers(), st.data())
def test_advance__equals_the_fold_of_all(ledger, data):
    on = day(data.draw(st.integers(1, 6)))
    cut = data.draw(st.integers(0, len(ledger)))
    middle = data.draw(st.integers(cut, len(ledger)))
    step = advance(state(ledger, on, cut), ledger[cut:middle])
    assert plain(advance(step, ledger[middle:])) == plain(state(ledger, on, len(ledger)))


@settings(max_examples=100, deadline=None)
@given(ledgers(), st.data())
def test_state__replaying_to_a_seq_equals_never_having_written_the_rest(ledger, data):
    known = data.draw(st.integers(0, len(ledger)))
    assert plain(state(ledger, day(6), known)) == plain(state(ledger[:known], day(6), known))


@settings(max_examples=100, deadline=None)
@given(ledgers())
def test_state__a_void_equals_a_line_that_says_nothing(ledger):
    """Another method: drop the voided lines by hand, keep the numbers."""
    targets = {e.fact.target for e in ledger if e.fact.kind == "void"}
    kept = [e for e in ledger if e.seq not in targets and e.fact.kind != "void"]
    voided, dropped = state(ledger, day(6), len(ledger)), state(kept, day(6), len(ledger))
    for parcel in PARCELS:
        shown = [(h.household, h.part, h.since, dict(h.milestones)) for h in voided.of_parcel(parcel)]
        assert shown == [
            (h.household, h.part, h.since, dict(h.milestones)) for h in dropped.of_parcel(parcel)
        ]
        assert (parcel in voided.stuck) == (parcel in dropped.stuck)
