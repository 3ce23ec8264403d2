"""What a file is, told by its first bytes: the kinds in which minutes are scanned and photographed.

The ending of a name says what somebody believes; a browser must be told what the bytes are.
Pure: no file, no clock.
"""

from __future__ import annotations

from typing import Final

HEAD_BYTES: Final = 64
SUFFIXES: Final = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/heic": ".heic",
    "image/heif": ".heif",
    "image/webp": ".webp",
    "image/tiff": ".tif",
}
# What every browser draws by itself, with no plug-in that a sandboxed page may not load.
SHOWN_IN_BROWSER: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
_STARTS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
# ISO/IEC 23008-12: the brands of still pictures coded as HEVC, and of HEIF without saying how.
_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis"})
_HEIF: Final = frozenset({b"mif1", b"mif2"})
_BRAND_BYTES: Final = 4


def media_type(head: bytes) -> str | None:
    """The media type of a file, one of `SUFFIXES`; None for every other kind.

    Args:
        head: The first `HEAD_BYTES` of the file, or all of a shorter one.

    >>> media_type(b"%PDF-1.7 ..."), media_type(b"<html>%PDF-1.7"), media_type(b"RIFF1234WEBPVP8 ")
    ('application/pdf', None, 'image/webp')
    """
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _heif(head)
    return None


def _heif(head: bytes) -> str | None:
    """HEIC or HEIF by the brands of its first box: size, "ftyp", major brand, version, other brands."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    major = head[8:12]
    others = {head[at : at + _BRAND_BYTES] for at in range(16, end, _BRAND_BYTES)}
    if major in _HEIC or (major in _HEIF and others & _HEIC):
        return "image/heic"
    if major in _HEIF and not others & {b"avif", b"avis"}:
        return "image/heif"
    return None
