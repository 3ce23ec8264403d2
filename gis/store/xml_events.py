"""Parts of a packed workbook read as a stream of XML, entities and document types refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, Protocol
from xml.parsers import expat

from gis.store.sheet_facts import XML_CHUNK, UnfitError

if TYPE_CHECKING:
    import zipfile


class Events(Protocol):
    """What is told of an element: names without their prefix."""

    def start(self, name: str, attributes: dict[str, str], /) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """A piece of text stands."""


def _refuse_doctype(*_: object) -> NoReturn:
    raise UnfitError("problem.sheet_damaged")


def parse_member(packed: zipfile.ZipFile, name: str, events: Events) -> None:
    """Tell a part's elements one after the other.

    Raises:
        UnfitError: If it is no XML, or brings a document type (and with it entities) of its own.
    """
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda tag, attributes: events.start(tag.rpartition("\n")[2], attributes)
    parser.EndElementHandler = lambda tag: events.end(tag.rpartition("\n")[2])
    parser.CharacterDataHandler = events.text
    try:
        with packed.open(name) as member:
            while chunk := member.read(XML_CHUNK):
                parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError:
        raise UnfitError("problem.sheet_damaged") from None
