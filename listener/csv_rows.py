"""CSV with a header, record by record, so that one broken record costs no other."""

import csv
from collections import Counter, deque
from collections.abc import Iterator

REQUIRED = ("id", "platform", "author", "text", "created_at")
MAX_RECORD_LINES = 2_000  # a quote still open after so many lines was never meant to be one


class _Lines:
    """Decoded lines that can be handed back. Bytes that are not UTF-8 become lone surrogates, seen later."""

    def __init__(self, lines: Iterator[tuple[int, bytes | str]]) -> None:
        self._lines = lines
        self._returned: deque[tuple[int, bytes | str]] = deque()
        self._taken: list[tuple[int, bytes | str]] = []

    def begin(self) -> tuple[int, str | None] | None:
        """Starts a record: its line number and, for a line that could not be read, the reason. None at the end."""
        self._taken = []
        item = self._take()
        while item and isinstance(item[1], bytes) and not item[1].strip():
            self._taken = []
            item = self._take()
        if item is None:
            return None
        if isinstance(item[1], str):
            return item[0], item[1]
        self.back_to(0)
        return item[0], None

    def back_to(self, kept: int) -> None:
        """Hands the record's lines back except for the first ``kept``."""
        self._returned.extendleft(reversed(self._taken[kept:]))
        del self._taken[kept:]

    def __iter__(self) -> Iterator[str]:
        while len(self._taken) < MAX_RECORD_LINES and (item := self._take()):
            if isinstance(item[1], str):
                self._taken.pop()
                self._returned.appendleft(item)
                return
            yield item[1].decode("utf-8", "surrogateescape")

    def _take(self) -> tuple[int, bytes | str] | None:
        item = self._returned.popleft() if self._returned else next(self._lines, None)
        if item is not None:
            self._taken.append(item)
        return item


def rows(lines: Iterator[tuple[int, bytes | str]]) -> Iterator[tuple[int, dict[str, object] | str]]:
    """Yields each record as its first line's number and its cells by column, or the reason why it is unusable.

    ``lines`` are numbered raw lines, or reasons in the place of lines that cannot be read.
    The delimiter (comma, semicolon or tab) is read from the header.
    """
    source = _Lines(lines)
    header: list[str] | None = None
    delimiter = ","
    while start := source.begin():
        number, problem = start
        if problem is not None:
            yield number, problem
            continue
        if header is None:
            delimiter = _delimiter(next(iter(source)))
            source.back_to(0)
        cells = _record(source, delimiter)
        if isinstance(cells, str):
            yield number, cells
        elif header is None:
            header = [cell.strip().casefold() for cell in cells]
            if wrong := _unusable(header):
                yield number, wrong
                return
        else:
            yield number, _cells(header, cells)


def _unusable(header: list[str]) -> str:
    """Why nothing below this header can be read, or ""."""
    if missing := [name for name in REQUIRED if name not in header]:
        return f"the header has no column {', '.join(missing)}"
    # Spreadsheets leave columns without a name at the end; of two with one, nobody knows which was meant.
    if twice := [name for name, count in Counter(header).items() if name and count > 1]:
        return f"the header names the column {', '.join(twice)} more than once"
    return ""


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _record(source: _Lines, delimiter: str) -> list[str] | str:
    """The next record's cells, or what is wrong with it; then only its first line is used up."""
    try:
        cells = next(csv.reader(iter(source), delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as error:
        source.back_to(1)
        return _reason(error)
    if any("\udc80" <= character <= "\udcff" for cell in cells for character in cell):
        source.back_to(1)
        return "a byte that is not UTF-8; save the file as UTF-8"
    return cells


def _reason(error: Exception) -> str:
    if "unexpected end" in str(error) or isinstance(error, StopIteration):
        return "not CSV: a quote is opened and never closed"
    return f"not CSV: {error}"


def _cells(header: list[str], cells: list[str]) -> dict[str, object] | str:
    if len(cells) > len(header):
        return f"{len(cells)} cells, the header has {len(header)} (quote a text that holds the delimiter)"
    return {name: cell if cell.strip() else "" for name, cell in zip(header, cells, strict=False)}
