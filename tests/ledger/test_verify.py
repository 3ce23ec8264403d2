"""Ledgers spoiled by hand, in each way: the first bad seq is named, and in which way it is bad."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.ledger.chain import FIRST_PREVIOUS_HASH, Head, link, row_of
from gis.ledger.entry import canonical
from gis.ledger.verify import check_chain
from gis.texts import Texts

sys.path.insert(0, str(Path(__file__).parent))
from build import entries, holds, reaches, voids

COUNT = 12
LEDGER = entries(
    (1, holds("P1", "H1")), *[(day, reaches("P1", "H1", "paid", f"BK-{day}")) for day in range(2, COUNT + 1)]
)


def rows(ledger=LEDGER):
    written, previous = [], FIRST_PREVIOUS_HASH
    for entry in ledger:
        written.append(row_of(entry, previous))
        previous = written[-1].hash
    return written


def found(written, *printed):
    """(seq, what) of every problem; every one of them has its sentence in both languages."""
    problems, _ = check_chain(written, printed)
    assert all(Texts(language).problem(problem) for problem in problems for language in ("vi", "en"))
    return [(int(p.source.removeprefix("entry ")), p.message.removeprefix("verify.")) for p in problems]


def forged(row, **facts):
    """A row whose body says something else; its hash stays."""
    return replace(row, body=canonical(json.loads(row.body) | facts))


def rehashed(row, previous):
    return replace(row, hash=link(previous, row.body))


def renumbered(written):
    """The column seq counted anew from 1, as one does who hides a gap."""
    return [replace(row, seq=place) for place, row in enumerate(written, start=1)]


def test_check_chain__an_untouched_ledger_has_no_problem():
    problems, head = check_chain(rows())
    assert (problems, head) == ([], Head(COUNT, rows()[-1].hash))
    assert check_chain([]) == ([], Head())
    assert found(rows(), Head(), *(Head(row.seq, row.hash) for row in rows())) == []


@pytest.mark.parametrize("seq", [1, 2, 7, COUNT - 1])
def test_check_chain__a_changed_body(seq):
    written = rows()
    written[seq - 1] = forged(written[seq - 1], by="x")
    assert found(written) == [(seq, "body_changed")]


@pytest.mark.parametrize("seq", [1, 2, 7, COUNT - 1])
def test_check_chain__a_changed_hash(seq):
    written = rows()
    written[seq - 1] = replace(written[seq - 1], hash="ab" * 32)
    assert found(written) == [(seq, "hash_changed")]


def test_check_chain__the_last_one_changed_could_be_either_unless_a_head_was_printed():
    genuine = rows()[-1]
    body, hash_ = forged(genuine, by="x"), replace(genuine, hash="ab" * 32)
    printed = Head(COUNT, genuine.hash)
    assert found([*rows()[:-1], body]) == found([*rows()[:-1], hash_]) == [(COUNT, "changed")]
    assert found([*rows()[:-1], body], printed) == [(COUNT, "body_changed")]
    assert found([*rows()[:-1], hash_], printed) == [(COUNT, "hash_changed")]


def test_check_chain__body_and_hash_changed_is_told_once():
    written = rows()
    written[4] = replace(forged(written[4], by="x"), hash="ab" * 32)
    assert found(written) == [(5, "changed")]


def test_check_chain__a_body_rewritten_with_its_hash_shows_at_the_next_one():
    """From inside it looks like a changed body of 6: the sentence says so, and a printed head tells."""
    written = rows()
    written[4] = rehashed(forged(written[4], by="x"), written[3].hash)
    assert found(written) == [(6, "body_changed")]
    assert "5" in Texts("vi").problem(check_chain(written)[0][0])
    assert found(written, Head(5, rows()[4].hash))[0] == (5, "other_head")


def test_check_chain__two_changed_ones_are_both_told():
    written = rows()
    for seq in (3, 9):
        written[seq - 1] = forged(written[seq - 1], by="x")
    assert found(written) == [(3, "body_changed"), (9, "body_changed")]


@pytest.mark.parametrize("removed", [[1], [2], [5], [5, 6, 7], [COUNT - 1]])
def test_check_chain__a_gap_whether_hidden_or_not(removed):
    left = [row for row in rows() if row.seq not in removed]
    assert found(left) == [(removed[0], "missing")]
    assert found(renumbered(left)) == [(removed[0], "missing")]
    assert check_chain(left)[0][0].facts == {"count": len(removed), "last": removed[-1]}


@pytest.mark.parametrize(("one", "other"), [(5, 6), (3, 9), (1, 2), (COUNT - 1, COUNT)])
def test_check_chain__two_swapped(one, other):
    written = rows()
    written[one - 1], written[other - 1] = written[other - 1], written[one - 1]
    assert found(written) == [(one, "reordered")]
    assert found(renumbered(written)) == [(one, "reordered")]


def test_check_chain__one_moved_to_the_end():
    written = rows()
    written.append(replace(written.pop(4), seq=COUNT + 1))
    assert found(written) == [(5, "reordered")]


@pytest.mark.parametrize("hashed", [True, False])
def test_check_chain__one_put_in(hashed):
    written = rows()
    extra = forged(written[4], by="x")
    written.insert(4, rehashed(extra, written[3].hash) if hashed else extra)
    assert found(renumbered(written)) == [(5, "inserted")]
    assert found(written) == [(5, "inserted")]


def test_check_chain__several_put_in():
    written = rows()
    previous = written[3].hash
    for seq in (5, 6, 7):
        written.insert(seq - 1, rehashed(forged(LEDGER_ROW, seq=seq), previous))
        previous = written[seq - 1].hash
    written = renumbered(written)
    problems, _ = check_chain(written)
    inserted = [p for p in problems if p.message == "verify.inserted"]
    assert [(p.source, p.facts["count"], p.facts["last"]) for p in inserted] == [("entry 5", 3, 7)]


LEDGER_ROW = rows()[4]


def test_check_chain__a_tail_cut_off_shows_against_a_printed_head_only():
    printed = Head(COUNT, rows()[-1].hash)
    assert found(rows()[:9]) == []
    assert found(rows()[:9], printed) == [(10, "truncated")]
    assert found([], printed) == [(1, "truncated")]


def test_check_chain__rewritten_from_an_entry_on_shows_between_two_printed_heads():
    other, previous = rows()[:6], rows()[5].hash
    for row in rows()[6:]:
        other.append(rehashed(forged(row, by="x"), previous))
        previous = other[-1].hash
    assert found(other) == []
    printed = [Head(seq, rows()[seq - 1].hash) for seq in (4, 10)]
    assert found(other, *printed) == [(10, "other_head")]
    assert check_chain(other, printed)[0][0].facts["first"] == 5


def test_check_chain__a_head_of_nothing_must_be_zeros():
    assert found(rows(), Head(0, "1" * 64)) == [(0, "other_head")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("on_day", "2026-01-03"),
        ("kind", "void"),
        ("parcel", None),
        ("item", 7),
        ("item", "0"),
        ("household", "H2"),
        ("target", 1),
    ],
)
def test_check_chain__a_changed_column(column, value):
    written = rows()
    written[1] = replace(written[1], **{column: value})
    assert found(written) == [(2, "column")]


@pytest.mark.parametrize(
    "body",
    ["", "[]", "not json", "{}", '{"v":1}', '{"v":1,"kind":"dream"}', b"bytes", '{"seq":' + "9" * 40 + "}"],
)
def test_check_chain__a_body_that_is_none(body):
    written = rows()
    written[4] = replace(written[4], body=body)
    assert found(written) == [(5, "body_changed")]
    if isinstance(body, str):
        assert found([*rows()[:4], rehashed(written[4], rows()[3].hash)]) == [(5, "unreadable")]


@pytest.mark.parametrize(
    "respell",
    [
        lambda body: body.replace('":"', '": "', 1),
        lambda body: body.replace("BK", "\\u0042K"),
        lambda body: '{"v":1,' + body[1:].replace(',"v":1}', "}"),
    ],
)
def test_check_chain__another_spelling_of_the_same(respell):
    last = rows()[-1]
    other = rehashed(replace(last, body=respell(last.body)), rows()[-2].hash)
    assert other.body != last.body
    assert found([*rows()[:-1], other]) == [(COUNT, "not_canonical")]


def test_check_chain__a_number_too_large_for_json():
    other = rehashed(forged(rows()[-1]), rows()[-2].hash)
    body = other.body.replace('"amount_vnd":null', '"amount_vnd":' + "9" * 20)
    assert found([*rows()[:-1], rehashed(replace(other, body=body), rows()[-2].hash)]) == [
        (COUNT, "unreadable")
    ]


def test_check_chain__a_clock_that_went_back():
    ledger = [LEDGER[0], replace(LEDGER[1], recorded_at=datetime(2025, 1, 1, tzinfo=UTC))]
    assert found(rows(ledger)) == [(2, "time_back")]


def test_check_chain__a_void_of_another_parcels_entry_or_a_later_one():
    assert found(rows(entries((1, holds("P1", "H1")), (None, voids("P2", 1))))) == [(2, "void_target")]
    assert found(rows(entries((1, holds("P1", "H1")), (None, voids("P1", 3))))) == [(2, "void_target")]
    assert found(rows(entries((1, holds("P1", "H1")), (None, voids("P1", 1))))) == []


def test_check_chain__a_changed_entry_that_is_voided_is_told_once():
    written = rows(entries((1, holds("P1", "H1")), (None, voids("P1", 1))))
    written[0] = forged(written[0], parcel="P9")
    assert found(written) == [(1, "body_changed")]


@given(
    st.integers(0, COUNT - 1), st.sampled_from(["body", "hash"]), st.integers(0, 63), st.sampled_from("0aĐ{")
)
def test_check_chain__one_letter_anywhere_is_found_at_its_entry(place, column, at, letter):
    """Law: whichever letter of a body or a hash is another one, the first bad seq is that of its row."""
    written = rows()
    text = getattr(written[place], column)
    if text[at] == letter:
        return
    written[place] = replace(written[place], **{column: text[:at] + letter + text[at + 1 :]})
    assert found(written)[0][0] == place + 1
    assert len(found(written)) == 1


@given(st.sets(st.integers(1, COUNT - 1), min_size=1, max_size=4))
def test_check_chain__whatever_is_missing_the_first_is_named(removed):
    assert found([row for row in rows() if row.seq not in removed])[0] == (min(removed), "missing")


@given(st.permutations(range(COUNT)))
def test_check_chain__any_other_order_is_found_at_its_first_place(order):
    written = renumbered([rows()[place] for place in order])
    first = next((place for place, one in enumerate(order) if place != one), None)
    assert found(written) == ([] if first is None else [(first + 1, "reordered")])


@pytest.mark.parametrize("body", ["[" * 200_000, '{"v":' * 200_000, b"{}", "\ud800"])
def test_check_chain__a_body_that_no_reader_can_take_is_named(body):
    written = rows()
    written[4] = replace(written[4], body=body)
    assert found(written)[0][0] == 5
