"""What the pages share: the open project on the chosen day, the language, and how a refusal is said."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gis.errors import GisError
from gis.project import accounts, people, shared
from gis.project.days import vietnam_day
from gis.store.database import Stamp
from gis.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts
from gis.web import belongings
from gis.web.begin_view import begin_link
from gis.web.visitors import LOGIN, NOBODY, visitor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gis.access import Action
    from gis.ledger.entry import Entry
    from gis.project import Project, Snapshot
    from gis.project.people import Person
    from gis.store.register import Household
    from gis.web.visitors import Visitor

# Beside main.py, not in a folder "pages" under it: Streamlit takes such a folder for pages of its own, and
# an address that leads straight to a page then fails once after each start.
OVERVIEW_PAGE: Final = "./overview.py"
MAP_PAGE: Final = "./parcel_map.py"
HOUSEHOLDS_PAGE: Final = "./households.py"
BRIDGE_PAGE: Final = "./bridge.py"
BATCHES_PAGE: Final = "./batches.py"
BEGIN_PAGE: Final = "./begin.py"
PROBLEMS_SHOWN: Final = 20

SEQ_DIGITS: Final = 12
# A look at the same names within this time is the same look.
SAME_LOOK: Final = timedelta(minutes=10)

T = TypeVar("T")
Known: TypeAlias = "int | date | None"  # a seq, the last of a day, or the head


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows: the project on the chosen day by what was known then, and the reader's language."""

    project: Project
    snapshot: Snapshot
    texts: Texts
    today: date
    visitor: Visitor = NOBODY

    def may(self, action: Action) -> bool:
        """Whether whoever looks may do something: the one place where pages ask."""
        return self.visitor.may(action)

    def households(self, ids: Iterable[str], what: str) -> Mapping[str, Household]:
        """The register's entries of some households, names included, and that they were looked at.

        Args:
            ids: Of whom.
            what: On which page, an id of the catalogues' family `seen`.

        Returns:
            Nothing for whoever may not see names: pages then say the codes.
        """
        if not self.may("names"):
            return {}
        found = self.project.households(ids)
        self.note_names(what, sorted(found))
        return found

    def people(self) -> Sequence[Person]:
        """Every household that counts, names included; nobody for whoever may not see names.

        The page says by `note_names` whose names it then shows.
        """
        return people.people(self.project) if self.may("names") else ()

    def reason(self, entry: Entry) -> str:
        """The words kept with an entry; they may name people, and are "" for whoever may not see names."""
        return self.project.reason(entry) or "" if self.may("names") else ""

    @property
    def team_only(self) -> str:
        """The remark that a page shows names; "" where it shows none."""
        return self.texts("people.team_only") if self.may("names") else ""

    def note_names(self, what: str, households: Sequence[str]) -> None:
        """Log that the names of some households are shown, once for the same look."""
        if self.visitor.session is None or not households or not self.may("names"):
            return
        shown: dict[object, datetime] = st.session_state.setdefault("names-seen", {})
        look, at = (what, tuple(households)), now()
        if look in shown and at - shown[look] < SAME_LOOK:
            return
        accounts.note_names(self.project, self.visitor.account_id, what, households, at)
        for old in [one for one, then in shown.items() if at - then >= SAME_LOOK]:
            del shown[old]
        shown[look] = at

    @property
    def is_head(self) -> bool:
        """Whether all that the ledger holds counts."""
        return self.snapshot.known == self.snapshot.head.seq

    @property
    def is_today(self) -> bool:
        """Whether the present is shown: today, by the whole ledger. Only then can something be written."""
        return self.snapshot.on == self.today and self.is_head

    @property
    def can_write(self) -> bool:
        """Whether whoever looks may write now: forms are drawn for nobody else."""
        return self.is_today and self.may("write")

    @property
    def read_only(self) -> str:
        """Why nothing can be written, in words; "" where it can."""
        if not self.may("write"):
            return self.texts("page.only_reads")
        if self.is_today:
            return ""
        if self.is_head:
            return self.texts("card.past_day", on=self.snapshot.on)
        return self.texts("card.past_known", seq=self.snapshot.known)


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def today() -> date:
    """The day in Vietnam."""
    return vietnam_day(now())


def new_request() -> str:
    """An id for one request: made when its form is drawn, so that a second click repeats it."""
    return uuid.uuid4().hex


def visitor() -> Visitor:
    """Whoever this page belongs to, looked up anew: a session that was ended is over here too.

    Raises:
        NoSessionError: If nobody is logged in (any more).
    """
    return visitor_of(shared(), _cookies())


def _cookies() -> Mapping[str, str]:
    """The cookies that the page's websocket came with."""
    return st.context.cookies.to_dict()


def stamp(request_id: str) -> Stamp:
    """A request of whoever this page belongs to, now: every write of a page takes its account from here.

    Raises:
        NoSessionError: If nobody is logged in (any more).
        NotAllowedError: If the role does not write.
    """
    return stamp_to("write", request_id)


def stamp_to(action: Action, request_id: str) -> Stamp:
    """A request of whoever this page belongs to, for what needs more than to write.

    Raises:
        NoSessionError: If nobody is logged in (any more).
        NotAllowedError: If the role may not.
    """
    found = visitor()
    found.require(action)
    return Stamp(found.account_id, request_id, now())


def texts() -> Texts:
    """The language of this session; the first time, of its address."""
    if "language" not in st.session_state:
        asked = st.query_params.get("lang")
        st.session_state["language"] = asked if asked in LANGUAGES else DEFAULT_LANGUAGE
    return Texts(st.session_state["language"])


def attempt(action: Callable[[], T], words: Texts) -> T | Refusal:
    """The result of an action, or its refusal in words: the one place where pages catch a `GisError`."""
    try:
        return action()
    except GisError as error:
        listed = [words.problem(problem) for problem in error.problems[:PROBLEMS_SHOWN]]
        return Refusal(words.error(error), tuple(listed))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done: one sentence, and all reasons where there are several."""

    sentence: str
    problems: tuple[str, ...] = ()

    def show(self) -> None:
        """The sentence in a red box, the reasons under it."""
        reasons = self.problems if len(self.problems) > 1 else ()
        listed = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
        st.html(
            f'<div class="gp-refusal" role="alert">{escape(self.sentence)}'
            + (f"<ul>{listed}</ul>" if listed else "")
            + "</div>"
        )


def view() -> View:
    """The project on the chosen day; a project that cannot be opened ends the page with its sentence."""
    words = texts()
    opened = attempt(shared, words)
    if isinstance(opened, Refusal):
        stop_with(words("page.cannot_open"), opened, begin_link(words("begin.other"), words))
    looking = attempt(visitor, words)
    if isinstance(looking, Refusal):
        st.html(f'<p><a href="{LOGIN}" target="_self">{escape(words("account.login_title"))}</a></p>')
        stop_with(words("account.ended"), looking)
    _take_page(looking, opened)
    words = words.of(opened.plan)
    day = today()
    snapshot = attempt(lambda: opened.snapshot(chosen_day(opened, day), chosen_known(opened)), words)
    if isinstance(snapshot, Refusal):
        stop_with(words("page.cannot_open"), snapshot)
    return View(opened, snapshot, words, day, looking)


def _take_page(looking: Visitor, project: Project) -> None:
    """Let the page belong to this login and project; what another one left in it is gone."""
    owner = (looking.session_id, str(project.folder))
    if st.session_state.get("owner", owner) != owner:
        language = st.session_state.get("language")
        for name in list(st.session_state):
            del st.session_state[name]
        if language is not None:
            st.session_state["language"] = language
    st.session_state["owner"] = owner
    context = get_script_run_ctx()
    if context is not None and looking.session is not None:
        belongings.pages.give(context.session_id, looking.session_id)


def stop_with(title: str, refusal: Refusal, way: str = "") -> NoReturn:
    """A page of one sentence instead of the page, and where it leads on, as HTML."""
    st.html(f"<h1>{escape(title)}</h1>")
    refusal.show()
    if way:
        st.html(f"<p>{way}</p>")
    st.stop()


def chosen_day(project: Project, day: date) -> date:
    """The day that the session shows, kept between the project's first day and today.

    A page that showed today and was left open over midnight shows the new day.
    """
    asked, before = st.session_state.get("on"), st.session_state.get("last_today")
    st.session_state["last_today"] = day
    if isinstance(before, date) and asked == before != day:
        st.session_state["on"] = asked = day
    if not isinstance(asked, date):
        asked = _day_of_address() or day
        st.session_state["on"] = asked
    return min(max(asked, project.plan.starts), day)


def _day_of_address() -> date | None:
    return parse_day(st.query_params.get("on", ""))


def chosen_known(project: Project) -> int | None:
    """The last entry that the session counts: a seq, or the last one of a day; None is the head."""
    if "known" not in st.session_state:
        st.session_state["known"] = parse_known(st.query_params.get("known", ""))
    asked: Known = st.session_state["known"]
    if isinstance(asked, date):
        return project.known_on(asked)
    if asked is not None and asked > project.refresh().seq:  # an address of another ledger
        st.session_state["known"] = asked = None
    return asked


def parse_known(text: str) -> Known:
    """The seq or the day of an address `?known=7` or `?known=2026-10-31`; None for anything else.

    >>> parse_known("7"), parse_known("2026-10-31"), parse_known("x")
    (7, datetime.date(2026, 10, 31), None)
    """
    if text.isascii() and text.isdigit() and len(text) <= SEQ_DIGITS:
        return int(text)
    return parse_day(text)


def parse_day(text: str) -> date | None:
    """The day of an address, as `YYYY-MM-DD`; None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _known_text() -> str | None:
    """What is known, as an address says it."""
    asked: Known = st.session_state.get("known")
    return asked.isoformat() if isinstance(asked, date) else None if asked is None else str(asked)


def keep_address(shown: View, **facts: str | None) -> None:
    """Put what is shown into the address, so that a reload shows the same.

    Args:
        shown: The page's view: its language, day, and what is known.
        facts: The page's own; None is left out.
    """
    wanted = {
        "lang": None if shown.texts.language == DEFAULT_LANGUAGE else shown.texts.language,
        "on": None if shown.snapshot.on == shown.today else shown.snapshot.on.isoformat(),
        "known": None if shown.is_head else _known_text(),
    } | facts
    kept = {name: value for name, value in wanted.items() if value is not None}
    if dict(st.query_params) != kept:
        st.query_params.from_dict(kept)


def heading(title: str, aside: str = "") -> None:
    """The page's title with a word beside it."""
    beside = f"<span>{escape(aside)}</span>" if aside else ""
    st.html(f'<div class="gp-title"><h1>{escape(title)}</h1>{beside}</div>')


def section(title: str, remark: str = "") -> str:
    """The heading of a part of a page, as HTML."""
    said = f"<p>{escape(remark)}</p>" if remark else ""
    return f'<div class="gp-section"><h2>{escape(title)}</h2>{said}</div>'


def empty_state(title: str, steps: Sequence[str], ways: Mapping[str, str], words: Texts) -> None:
    """What is not there yet, what to do in which order, and the pages that do it.

    Args:
        title: What is not there.
        steps: Sentences; one alone is no list.
        ways: Names of pages by their paths; none for whoever may not use them.
        words: Language.
    """
    items = "".join(f"<li>{escape(step)}</li>" for step in steps)
    listed = f"<ol>{items}</ol>" if len(steps) > 1 else "".join(f"<p>{escape(step)}</p>" for step in steps)
    links = "".join(
        f'<a href="{path}?lang={words.language}" target="_self">{escape(name)}</a>'
        for path, name in ways.items()
    )
    led = f'<p class="gp-ways">{links}</p>' if links else ""
    st.html(f'<div class="gp-empty"><h2>{escape(title)}</h2>{listed}{led}</div>')
