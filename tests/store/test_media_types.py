"""Kinds told by content: files that Pillow wrote, boxes put together by hand."""

import sys
from pathlib import Path

import pytest

from gis.store.media_types import SHOWN_IN_BROWSER, SUFFIXES, media_type

sys.path.insert(0, str(Path(__file__).parent))
from scans import HEIC, ftyp, picture


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("PDF", "application/pdf"),
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("WEBP", "image/webp"),
        ("TIFF", "image/tiff"),
    ],
)
def test_media_type__of_real_files(kind, expected):
    assert media_type(picture(kind)[:64]) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (HEIC, "image/heic"),
        (ftyp(b"mif1", b"mif1", b"heic"), "image/heic"),
        (ftyp(b"mif1", b"mif1", b"miaf"), "image/heif"),
        (ftyp(b"avif", b"mif1", b"miaf"), None),
        (ftyp(b"mif1", b"mif1", b"avif"), None),
        (ftyp(b"isom", b"mp42"), None),
        (b"MM\x00*\x00\x00\x00\x08", "image/tiff"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", None),
    ],
)
def test_media_type__of_boxes_by_hand(head, expected):
    assert media_type(head) == expected


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"%PD",
        b"\xff\xd8",
        b"<html><script>",
        b"PK\x03\x04",
        b"MZ\x90",
        b"GIF89a",
        b"\n%PDF-1.7",
        b"<svg ",
    ],
)
def test_media_type__anything_else_is_none(head):
    assert media_type(head) is None


def test_suffixes__every_kind_shown_in_a_browser_has_one():
    assert set(SUFFIXES) >= SHOWN_IN_BROWSER
