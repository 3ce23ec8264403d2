"""Small real files of each kind that is accepted, made in code."""

import io
import struct

from PIL import Image


def picture(kind, colour=(200, 10, 10)):
    """A small picture as Pillow writes it: "JPEG", "PNG", "WEBP", "TIFF" or "PDF"."""
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(buffer, kind)
    return buffer.getvalue()


def ftyp(major, *others):
    """The first box of an ISO base media file and some bytes after it."""
    brands = b"".join(others)
    return struct.pack(">I", 16 + len(brands)) + b"ftyp" + major + bytes(4) + brands + b"\0\0\0\x08mdat"


HEIC = ftyp(b"heic", b"mif1", b"heic")
