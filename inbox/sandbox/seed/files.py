"""Small valid files made with the standard library, and one large one."""

import struct
import zlib
from collections.abc import Iterable, Iterator
from functools import cache

WIDTH, HEIGHT = 320, 240
BIG_WIDTH = BIG_HEIGHT = 2640  # as a 24-bit bitmap, a little over 20 MB
Colour = tuple[int, int, int]
PALETTES: tuple[tuple[Colour, Colour], ...] = (
    ((226, 232, 224), (62, 108, 84)),
    ((238, 229, 214), (171, 84, 48)),
    ((220, 228, 238), (48, 84, 140)),
    ((240, 226, 232), (150, 60, 96)),
)


@cache
def photo(number: int) -> bytes:
    """Returns a picture of a demo lamp: a shade, a foot, a table."""
    wall, lamp = PALETTES[number % len(PALETTES)]
    rows = (b"\0" + _row(line, wall, lamp) for line in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(rows), 6)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _row(line: int, wall: Colour, lamp: Colour) -> bytes:
    if line > 205:
        return bytes((120, 96, 72)) * WIDTH
    if 40 <= line < 110:
        return _band(30 + (line - 40) * 5 // 8, wall, lamp)
    if 110 <= line < 195:
        return _band(4, wall, (90, 90, 90))
    return _band(46, wall, (90, 90, 90)) if line >= 195 else bytes(wall) * WIDTH


def _band(half: int, outside: Colour, inside: Colour) -> bytes:
    margin = bytes(outside) * (WIDTH // 2 - half)
    return margin + bytes(inside) * (2 * half) + margin


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def pdf(lines: Iterable[str]) -> bytes:
    """Returns one page of plain text: enough for a reader, a preview and a virus scanner."""
    shown = "".join(f"({_escaped(line)}) Tj T*\n" for line in lines)
    stream = f"BT /F1 14 Tf 72 760 Td 22 TL\n{shown}ET".encode("cp1252", "replace")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    return _bound(objects)


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _bound(objects: tuple[bytes, ...]) -> bytes:
    """Returns the objects and the table of their byte offsets."""
    document, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(document))
        document += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(document)
    document += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    document += b"".join(b"%010d 00000 n \n" % place for place in places)
    document += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    document += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(document)


def big_picture() -> Iterator[bytes]:
    """Yields a valid bitmap of over 20 MB row by row, never as a whole in memory."""
    size = big_picture_size()
    yield b"BM" + struct.pack("<IHHI", size, 0, 0, 54)
    yield struct.pack("<IiiHHIIiiII", 40, BIG_WIDTH, BIG_HEIGHT, 1, 24, 0, 0, 2835, 2835, 0, 0)
    for line in range(BIG_HEIGHT):
        shade = line * 255 // BIG_HEIGHT
        yield bytes((shade, 255 - shade, 128)) * BIG_WIDTH


def big_picture_size() -> int:
    return 54 + BIG_WIDTH * 3 * BIG_HEIGHT
