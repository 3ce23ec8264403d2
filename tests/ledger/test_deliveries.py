"""Land to the investor by block: what is written, every reason why not, and what is shown."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.deliveries import DeliverBlock, ParcelDelivery, blocks, deliveries, reasons
from gis.ledger.entry import Attachment, Entry
from gis.ledger.facts import Delivery, Milestone, ObjectListed, Opening, Succession
from gis.ledger.setting import Setting
from gis.ledger.state import advance, state

sys.path.insert(0, str(Path(__file__).parent))
from build import FIRST_MOMENT, day, entries, holds, opens, reaches, voids

SETTING = Setting(
    parcels={f"P{n}" for n in range(1, 8)}, starts=day(1), today=day(20), areas_m2={"P1": 100.0, "P2": 50.05}
)
SCAN = Attachment("a" * 64, "application/pdf", 10)


def at(*facts):
    ledger = entries(*facts)
    return state(ledger, day(20), len(ledger))


def handed(*parcels):
    return [(1, holds(p, f"H{p[1:]}")) for p in parcels] + [
        (3, reaches(p, f"H{p[1:]}", "handed_over")) for p in parcels
    ]


def deliver(*parcels, block="Lô A", on=9, document="BBGĐ-1", **more):
    return DeliverBlock(block, day(on), parcels, document=document, **more)


def problems(known, request):
    with pytest.raises(RefusedError) as refused:
        request.decide(known, SETTING)
    return [(problem.source, problem.message) for problem in refused.value.problems]


def after(known, *requests):
    for number, request in enumerate(requests):
        drafts = request.decide(known, SETTING)
        later = [
            Entry(known.known + n, d.on, FIRST_MOMENT, "lan", f"d{number}", n, d.fact)
            for n, d in enumerate(drafts, 1)
        ]
        known = advance(known, later)
    return known


ALL = at(*handed("P1", "P2", "P3"), (1, holds("P4", "H4")))


def test_deliver_block__the_delivery_and_the_milestone_of_each_holding():
    drafts = deliver("P1", "P2", "P1", document=" BBGĐ-1 ").decide(ALL, SETTING)
    assert [draft.fact for draft in drafts] == [
        Delivery("Lô A", "BBGĐ-1", ("P1", "P2"), ()),
        Milestone("P1", "H1", "delivered", "BBGĐ-1"),
        Milestone("P2", "H2", "delivered", "BBGĐ-1"),
    ]


def test_deliver_block__exceptions_are_not_marked():
    request = deliver("P1", "P2", "P4", exceptions=(("P4", None), ("P1", 125)))
    drafts = request.decide(ALL, SETTING)
    assert drafts[0].fact.exceptions == (("P1", 125), ("P4", None))  # in the block's order
    assert [draft.fact.parcel for draft in drafts[1:]] == ["P2"]


def test_deliver_block__the_rest_later_by_new_minutes():
    first = deliver("P1", "P4", "P2", exceptions=(("P4", None), ("P1", 300)))
    known = after(ALL, first)
    assert deliveries(known)["P1"] == ParcelDelivery("P1", "Lô A", day(9), 6 + 2, 300)
    rest = deliver("P1", block="lô  a", on=12, document="BBGĐ-2")
    drafts = rest.decide(known, SETTING)
    assert [d.fact for d in drafts] == [
        Delivery("Lô A", "BBGĐ-2", ("P1",), ()),
        Milestone("P1", "H1", "delivered", "BBGĐ-2"),
    ]
    done = after(known, rest)
    assert deliveries(done)["P1"].excepted == 0
    (block,) = blocks(done)
    assert [minutes.number for minutes in block.minutes] == ["BBGĐ-1", "BBGĐ-2"]
    assert [one.parcel for one in block.parcels] == ["P1", "P2", "P4"]
    assert problems(done, rest) == [("P1", "refused.delivered_already")]


def test_deliver_block__less_of_the_rest_but_never_more_than_was_open():
    known = after(ALL, deliver("P1", "P2", exceptions=(("P1", 300),)))
    assert deliver("P1", exceptions=(("P1", 100),)).decide(known, SETTING)
    for tenths in (300, 400):
        assert problems(known, deliver("P1", exceptions=(("P1", tenths),))) == [
            ("P1", "refused.exception_grew")
        ]
    assert ("P1", "refused.exception_grew") in problems(
        known, deliver("P1", "P3", exceptions=(("P1", None),))
    )


def test_deliver_block__what_was_excepted_whole_may_go_in_another_block():
    known = after(ALL, deliver("P1", "P2", exceptions=(("P2", None),)), deliver("P2", block="Lô B"))
    first, second = blocks(known)
    assert [one.parcel for one in first.parcels] == ["P1"]
    assert [(one.parcel, one.excepted) for one in second.parcels] == [("P2", 0)]


def test_deliver_block__an_earlier_milestone_without_a_block_is_not_doubled():
    known = at(*handed("P1"), (5, reaches("P1", "H1", "delivered")))
    assert len(deliver("P1").decide(known, SETTING)) == 1


def test_deliver_block__a_scan_stands_for_the_number():
    drafts = deliver("P1", document=" ", attachments=(SCAN,)).decide(ALL, SETTING)
    assert (drafts[0].fact.document, drafts[0].attachments, drafts[1].fact.document) == ("", (SCAN,), None)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (deliver("P1", document=""), "refused.delivery_minutes"),
        (deliver("P1", document="B" * 81), "refused.document_number"),
        (deliver("P1", block="  "), "refused.block_name"),
        (deliver("P1", block="L" * 61), "refused.block_name"),
        (deliver("P1", block="\udcff"), "refused.bad_text"),
        (deliver("P1", on=21), "refused.future_day"),
        (deliver("P1", on=0), "refused.early_day"),
        (deliver(), "refused.nothing_named"),
        (deliver("P1", exceptions=(("P1", None),)), "refused.nothing_delivered"),
        (deliver("P1", exceptions=(("P2", 10),)), "refused.exception_outside"),
        (deliver("P1", "P2", exceptions=(("P2", 10), ("P2", 20))), "refused.exception_twice"),
        (deliver("P1", exceptions=(("P1", 0),)), "refused.exception_amount"),
        (deliver("P1", exceptions=(("P1", 1000),)), "refused.exception_amount"),
        (deliver("P9"), "refused.unknown_parcel"),
        (deliver("P4"), "refused.not_handed_over"),
        (deliver("P4", exceptions=(("P4", 10),)), "refused.not_handed_over"),
        (deliver("P5"), "refused.delivered_unheld"),
        (deliver("P1", seen={"P1": 2}), "refused.written_since_seen"),
    ],
)
def test_deliver_block__refuses(request_, message):
    assert message in [found for _, found in problems(ALL, request_)]


def test_deliver_block__the_last_tenth_of_a_parcel_may_be_excepted():
    assert deliver("P2", exceptions=(("P2", 500),)).decide(ALL, SETTING)


def test_deliver_block__every_reason_at_once():
    assert problems(ALL, deliver("P4", "P9", document="", on=21)) == [
        ("", "refused.delivery_minutes"),
        ("", "refused.future_day"),
        ("P4", "refused.not_handed_over"),
        ("P9", "refused.unknown_parcel"),
    ]


def test_deliver_block__land_goes_once_and_not_before_what_went():
    known = after(ALL, deliver("P1"))
    assert problems(known, deliver("P1", block="Lô B")) == [("P1", "refused.delivered_elsewhere")]
    assert problems(known, deliver("P1")) == [("P1", "refused.delivered_already")]
    assert problems(known, deliver("P1", on=8)) == [("P1", "refused.delivery_early")]
    undone = advance(
        known,
        [
            Entry(known.known + n, None, FIRST_MOMENT, "lan", "v", n, voids(parcel, seq))
            for n, (parcel, seq) in enumerate(((None, 8), ("P1", 9)), 1)
        ],
    )
    assert deliver("P1", block="Lô B").decide(undone, SETTING)


def test_deliver_block__land_under_a_new_number_went_already():
    known = after(ALL, deliver("P1"))
    succeeded = [
        (10, Succession((("P1", "P7", 1000),))),
        (10, holds("P7", "H1")),
        (10, reaches("P7", "H1", "handed_over")),
    ]
    ledger = [e for group in known.history.values() for e in group]
    more = [
        Entry(known.known + n, day(on), FIRST_MOMENT, "lan", "s", n, fact)
        for n, (on, fact) in enumerate(succeeded, 1)
    ]
    now = state(sorted([*ledger, *more], key=lambda e: e.seq), day(20), known.known + 3)
    assert problems(now, deliver("P7", on=11, block="Lô B")) == [("P7", "refused.delivered_elsewhere")]
    assert problems(now, deliver("P7", on=11)) == [("P7", "refused.delivered_already")]


def test_deliver_block__warns_of_what_is_left_on_it():
    known = at(
        *handed("P1", "P2"), (4, opens("P1", "graves")), (4, ObjectListed("P1", None, "grave_earth", 3))
    )
    told = [(w.source, w.message) for w in deliver("P1", "P2").decide(known, SETTING)[0].warnings]
    assert told == [("P1", "warning.delivered_obstacle"), ("P1", "warning.delivered_objects")]
    assert deliver("P1", "P2", exceptions=(("P1", 200),)).decide(known, SETTING)[0].warnings == ()


def test_reasons__state_obstacles_and_objects():
    known = at((1, holds("P4", "H4")), (2, opens("P4", "price")), (2, ObjectListed("P4", None, "house", 1)))
    assert reasons(known, "P4") == (("state", "not_handed_over"), ("obstacle", "price"), ("object", "house"))
    assert reasons(ALL, "P1") == ()


def test_deliver_block__sent_twice_is_the_same_request():
    request = deliver("P1", "P2", exceptions=(("P2", None),))
    known = after(ALL, request)
    sent = [e for group in known.history.values() for e in group if e.seq > ALL.known]
    assert request.is_repeated_by(sent)
    assert not deliver("P1", "P2").is_repeated_by(sent)
    assert not replace(request, document="BB-khác").is_repeated_by(sent)


def test_deliver_block__not_on_a_day_before_the_hand_over():
    """Handed over on day 6: not delivered on day 5, though an exception leaves no milestone that warns."""
    known = at((1, holds("P1", "H1")), (6, reaches("P1", "H1", "handed_over")))
    for exceptions in ((), (("P1", 100),)):
        request = DeliverBlock("Lô A", day(5), ("P1",), exceptions, "BB-1")
        with pytest.raises(RefusedError) as refused:
            request.decide(known, SETTING)
        assert [one.message for one in refused.value.problems] == ["refused.delivered_before_handover"]
        assert replace(request, on=day(6)).decide(known, SETTING)


def test_deliver_block__a_hand_over_of_an_unknown_day_may_have_been_before():
    taken = Opening("P1", "H1", "handed_over", "BB", None, not_later_than=True, file_sha256="0" * 64, row=1)
    known = at((1, holds("P1", "H1")), (6, taken))
    assert DeliverBlock("Lô A", day(5), ("P1",), (), "BB-1").decide(known, SETTING)
