"""What a list says of households: each once, and told where the list contradicts itself."""

from gis.project.register_lists import register_rows
from gis.store.register import Household


def row(household, commune="15910", name="", hamlet="", kind="", home=""):
    return {
        "household_id": household,
        "commune": commune,
        "name": name,
        "kind": kind,
        "hamlet": hamlet,
        "home_commune": home,
    }


def stated(*rows):
    return register_rows([(f"ho.csv, line {n}", one) for n, one in enumerate(rows, start=2)])


def test_register_rows__each_household_once_and_only_where_it_is_named():
    assert stated(row("H1", name="An", hamlet="Thôn 1"), row("H1"), row("H2"), row("H1", name="An")) == (
        [Household("H1", "An", "", "Thôn 1", "15910")],
        [],
    )


def test_register_rows__two_names_or_hamlets_are_told_without_them():
    households, problems = stated(
        row("H1", name="An", hamlet="Thôn 1"), row("H1", name="Anh", hamlet="Thôn 2")
    )
    assert households == [Household("H1", "Anh", "", "Thôn 2", "15910")]
    assert [(p.source, p.message, p.severity) for p in problems] == [
        ("ho.csv, line 3", "warning.two_names", "warning"),
        ("ho.csv, line 3", "warning.two_hamlets", "warning"),
    ]
    assert all("An" not in str(p.facts) for p in problems)


def test_register_rows__a_hamlet_is_of_the_commune_of_most_parcels_and_that_is_told_as_a_guess():
    rows = [row("H1", commune, "An", "Thôn 1") for commune in ("15895", "15910", "15910")]
    households, problems = stated(*rows, row("H2", "15895", "Ba"), row("H2", "15910", "Ba"))
    assert [one.commune for one in households] == ["15910", "15895"]  # a tie: as written first
    assert [p.message for p in problems] == ["warning.guessed_commune"]  # H2 has no hamlet to tell apart
    assert problems[0].facts == {"household": "H1", "commune": "15910", "hamlet": "Thôn 1"}


def test_register_rows__the_home_commune_decides():
    rows = [row("H1", commune, "An", "Thôn 1", home="15901") for commune in ("15895", "15910")]
    assert stated(*rows) == ([Household("H1", "An", "", "Thôn 1", "15901")], [])
