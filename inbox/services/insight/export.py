"""Rows for spreadsheets, as CSV and XLSX."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter  # type: ignore[import-untyped]

from inbox.models import Span
from inbox.models.spans import SpanQuerySet
from inbox.services.insight.reports import snapshot

Cell = str | int | float | None
# First characters that make a spreadsheet run a text, also after blanks and in full width.
FORMULA = tuple("=+-@\t\r\n")
HEADINGS = (
    *("marketplace", "thread", "ordinal", "asker", "asked_at", "ended_at", "ended_by", "author"),
    *("seconds", "working_seconds", "limit_at"),
)
BATCH = 2000
# Of one sheet, with its headings.
MOST_ROWS = 1_048_576
LONGEST_TEXT = 32_767
BOM = "\ufeff"


class Line:
    """A file object that returns each line written."""

    def write(self, line: str) -> str:
        return line


def guard(cell: Cell) -> Cell:
    """A text that no spreadsheet takes for a formula; numbers as they are."""
    if not isinstance(cell, str):
        return cell
    first = unicodedata.normalize("NFKC", cell[:100]).lstrip(" \u00a0\u200b")
    return f"'{cell}" if first.startswith(FORMULA) or cell.startswith(FORMULA) else cell


def stream_csv(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """With a mark that makes Excel read UTF-8. An error ends the stream as an error."""
    lines = csv.writer(Line())
    yield BOM + lines.writerow(headings)
    for row in rows:
        yield lines.writerow([guard(cell) for cell in row])


def write_xlsx(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """A file at its beginning. More rows than a sheet holds continue on the next."""
    file = TemporaryFile()  # noqa: SIM115  the response closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet, at = None, 0
    for row in rows:
        if sheet is None or at == MOST_ROWS:
            sheet, at = _new_sheet(book, headings), 1
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, column, cell[:LONGEST_TEXT])
            elif cell is not None:
                sheet.write_number(at, column, cell)
        at += 1
    if sheet is None:
        _new_sheet(book, headings)
    book.close()
    file.seek(0)
    return file


def _new_sheet(
    book: xlsxwriter.Workbook, headings: Sequence[str]
) -> xlsxwriter.worksheet.Worksheet:
    sheet = book.add_worksheet()
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading)
    return sheet


def export_rows(spans: SpanQuerySet, *, has_authors: bool) -> Iterator[Sequence[Cell]]:
    """Of one moment. Read in batches: neither memory nor a cursor holds all rows."""
    rows = spans.select_related("marketplace", "thread", "author").order_by("pk")
    shown = rows.only("marketplace__slug", "thread__mirakl_id", "author__username", *COLUMNS)
    with snapshot():
        page = list(shown[:BATCH])
        while page:
            for span in page:
                yield _row(span, has_author=has_authors)
            page = list(shown.filter(pk__gt=page[-1].pk)[:BATCH])


COLUMNS = (
    *("ordinal", "asker", "asked_at", "ended_at", "ended_by", "seconds", "working_seconds"),
    "limit_at",
)


def _row(span: Span, *, has_author: bool) -> Sequence[Cell]:
    return (
        span.marketplace.slug,
        span.thread.mirakl_id,
        span.ordinal,
        span.asker,
        _moment(span.asked_at),
        _moment(span.ended_at),
        span.ended_by,
        span.author.username if span.author and has_author else "",
        span.seconds,
        span.working_seconds,
        _moment(span.limit_at),
    )


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else ""
