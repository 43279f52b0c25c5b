"""Reads just enough PNG to ask where on a page there is ink."""

from __future__ import annotations

import struct
import zlib

MILLIMETRES_PER_INCH = 25.4


class Raster:
    """An 8-bit RGBA page, as Typst draws it."""

    def __init__(self, png: bytes, ppi: int) -> None:
        self.scale = ppi / MILLIMETRES_PER_INCH
        self.width, self.height = struct.unpack_from(">II", png, 16)
        assert png[24:26] == b"\x08\x06", "not 8-bit RGBA"
        self.rows = self._rows(png)

    def ink(self, left: float, top: float, right: float, bottom: float) -> int:
        """How many pixels of a rectangle, in millimetres from the top left corner, are not white."""
        first, last = round(left * self.scale) * 4, round(right * self.scale) * 4
        rows = self.rows[round(top * self.scale) : round(bottom * self.scale)]
        white = b"\xff\xff\xff\xff"
        return sum(row[at : at + 4] != white for row in rows for at in range(first, last, 4))

    def _rows(self, png: bytes) -> list[bytes]:
        raw = zlib.decompress(b"".join(_data_chunks(png)))
        stride = self.width * 4
        rows: list[bytes] = []
        above = bytes(stride)
        for start in range(0, len(raw), stride + 1):
            above = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), above)
            rows.append(above)
        return rows


def _data_chunks(png: bytes) -> list[bytes]:
    chunks = []
    at = 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        if kind == b"IDAT":
            chunks.append(png[at + 8 : at + 8 + length])
        at += length + 12
    return chunks


def _unfiltered(kind: int, row: bytearray, above: bytes) -> bytes:
    for at in range(len(row)):
        left = row[at - 4] if at >= 4 else 0
        corner = above[at - 4] if at >= 4 else 0
        row[at] = (row[at] + _prediction(kind, left, above[at], corner)) & 0xFF
    return bytes(row)


def _prediction(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        guess = left + up - corner
        return min((left, up, corner), key=lambda value: abs(guess - value))
    return (0, left, up, (left + up) // 2)[kind]
