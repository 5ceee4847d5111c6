"""What a Parquet file would unpack to, from the headers of its pages: the footer only claims, these are what is acted on.

The headers are in Thrift's compact protocol; see `parquet.thrift` of the Apache Parquet format, `PageHeader`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_UNPACKED, _PACKED = 2, 3
_HEADERS_WITH_VALUES = (5, 7, 8)
"""Fields that hold the header of a data page, a dictionary page, and a data page of the second version."""

_TRUE, _FALSE, _BYTE, _INTEGERS, _DOUBLE, _BINARY, _STRUCT = 1, 2, 3, (4, 5, 6), 7, 8, 12
_DEEPEST = 8
_MOST_FIELDS = 64
_MOST_PAGES = 500_000


@dataclass
class Volume:
    """What pages unpack to.

    Parameters
    ----------
    inflated : int
        Bytes.
    values : int
        Values, absent ones counted.
    pages : int
    """

    inflated: int = 0
    values: int = 0
    pages: int = 0


def add_chunk(volume: Volume, content: bytes, start: int, size: int) -> None:
    """Add the pages of a column chunk, which stands at `start` and has `size` bytes.

    Raises
    ------
    ValueError
        If the pages do not fill the chunk, or there are too many.
    """
    end = start + size
    if not 0 <= start <= end <= len(content):
        raise ValueError("a column lies outside the file")
    while start < end:
        reader = _Reader(content, start, end)
        header = reader.struct()
        unpacked, packed = header.get(_UNPACKED), header.get(_PACKED)
        if not isinstance(unpacked, int) or not isinstance(packed, int) or unpacked < 0 or packed < 0:
            raise ValueError("a page has no size")
        volume.inflated += unpacked
        volume.pages += 1
        for field in _HEADERS_WITH_VALUES:
            inner = header.get(field)
            values = inner.get(1, 0) if isinstance(inner, dict) else 0
            volume.values += values if isinstance(values, int) and values >= 0 else 0
        if volume.pages > _MOST_PAGES:
            raise ValueError("it has too many pages")
        start = reader.place + packed
    if start != end:
        raise ValueError("a page reaches over the end of its column")


class _Reader:
    """Reads one Thrift struct."""

    def __init__(self, content: bytes, place: int, end: int) -> None:
        self._content, self.place, self._end = content, place, end

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """Whole numbers and structs by field; other values are passed over."""
        if depth > _DEEPEST:
            raise ValueError("a page header is nested too deeply")
        found: dict[int, Any] = {}
        field = 0
        for _ in range(_MOST_FIELDS):
            head = self._byte()
            if head == 0:
                return found
            field = field + (head >> 4) if head >> 4 else self._integer()
            found[field] = self._value(head & 15, depth)
        raise ValueError("a page header has too many fields")

    def _value(self, kind: int, depth: int) -> Any:
        if kind in (_TRUE, _FALSE):
            return None
        if kind == _BYTE:
            return self._byte()
        if kind in _INTEGERS:
            return self._integer()
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind == _DOUBLE:
            self._skip(8)
        elif kind == _BINARY:
            self._skip(self._varint())
        else:
            # Lists and maps stand in no page header that is in use.
            raise ValueError("a page header has a field of an unknown kind")
        return None

    def _byte(self) -> int:
        if self.place >= self._end:
            raise ValueError("a page header is cut off")
        self.place += 1
        return self._content[self.place - 1]

    def _varint(self) -> int:
        value = shift = 0
        while shift < 64:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        raise ValueError("a page header has a number that is too long")

    def _integer(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _skip(self, count: int) -> None:
        if count > self._end - self.place:
            raise ValueError("a page header is cut off")
        self.place += count
