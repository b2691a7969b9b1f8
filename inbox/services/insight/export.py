"""Rows for spreadsheets, as CSV and XLSX."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped]
from django.db.models import QuerySet

from inbox.services.insight.reports import snapshot
from inbox.services.insight.sheets import Cell, Sheet

# First characters that make a spreadsheet run a text, also after unseen ones and in full width.
FORMULA = tuple("=+-@\t\r\n")
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
    seen = (one for one in unicodedata.normalize("NFKC", cell[:100]) if not _is_unseen(one))
    return f"'{cell}" if cell.startswith(FORMULA) or next(seen, "").startswith(FORMULA) else cell


def _is_unseen(character: str) -> bool:
    """A blank, or a control or formatting character, such as one of direction."""
    return unicodedata.category(character)[0] in "CZ"


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


def export_rows(
    rows: QuerySet[Any], sheet: Sheet, *, has_persons: bool
) -> Iterator[Sequence[Cell]]:
    """First their number, then the rows of the same moment.

    Read in batches: neither memory nor a cursor holds all rows.
    """
    shown = rows.select_related(*sheet.related).only(*sheet.columns).order_by("pk")
    with snapshot():
        yield [rows.count()]
        page = list(shown[:BATCH])
        while page:
            for row in page:
                yield sheet.cells(row, has_persons)
            page = list(shown.filter(pk__gt=page[-1].pk)[:BATCH])
