"""Files of reports: safe in spreadsheets, whole, and of one moment."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from inbox.models import Marketplace, User
from inbox.services.insight import export
from inbox.services.insight.export import guard, stream_csv, write_xlsx
from inbox.services.insight.sheets import Cell
from tests.reporting import new_thread, read_csv, wait

HOUR = 3600
CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}c"


@pytest.mark.parametrize(
    "text",
    [
        *("-50 % ?", "+33 6 12", " =1+1", "\uff1d1+1", "@x", "\tx", "\rx", "\nx", "{=1}\n"),
        *("\u00a0=1", "\ufeff=1", "\u202e=1", "\x0b\u3000=1"),
    ],
)
def test_a_text_is_never_a_formula(text: str) -> None:
    cell = guard(text)

    assert cell == (text if text.startswith("{") else f"'{text}")


@pytest.mark.parametrize("number", [-120, 7200, -0.5, None])
def test_numbers_stay_numbers(number: float | None) -> None:
    assert guard(number) == number


def test_a_csv_says_that_it_is_utf_8() -> None:
    text = "".join(stream_csv(["name"], [["Réclamation – Müller"], ["=1"]]))

    assert text == "\ufeffname\r\nRéclamation – Müller\r\n'=1\r\n"


def test_an_error_breaks_the_file_off() -> None:
    def rows() -> Iterator[Sequence[Cell]]:
        yield ["first"]
        raise TimeoutError

    lines = stream_csv(["name"], rows())

    assert [next(lines), next(lines)] == ["\ufeffname\r\n", "first\r\n"]
    with pytest.raises(TimeoutError):
        next(lines)


def sheets(content: bytes) -> list[list[ElementTree.Element]]:
    """The cells of each sheet."""
    with ZipFile(BytesIO(content)) as book:
        names = sorted(one for one in book.namelist() if one.startswith("xl/worksheets/sheet"))
        trees = [ElementTree.fromstring(book.read(name)) for name in names]  # noqa: S314  ours
    return [list(tree.iter(CELL)) for tree in trees]


def test_more_rows_than_a_sheet_holds_go_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 3)

    with write_xlsx(["number"], [[number] for number in range(5)]) as file:
        found = sheets(file.read())

    # Two rows and the heading on each
    assert [len(cells) for cells in found] == [3, 3, 2]


def test_texts_of_an_xlsx_are_texts_without_a_mark() -> None:
    with write_xlsx(["name", "seconds"], [["=1+1", -120], ["x" * 40_000, None]]) as file:
        (cells,) = sheets(file.read())

    assert not [one for cell in cells for one in cell if one.tag.endswith("}f")]
    texts = ["".join(cell.itertext()) for cell in cells]
    assert texts[2:4] == ["=1+1", "-120"]
    assert len(texts[4]) == export.LONGEST_TEXT


def test_an_empty_xlsx_has_its_headings() -> None:
    with write_xlsx(["name"], []) as file:
        (cells,) = sheets(file.read())

    assert ["".join(cell.itertext()) for cell in cells] == ["name"]


@pytest.mark.django_db
def test_both_files_have_the_rows_of_the_figure(
    bob: User, client: Client, maison: Marketplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "BATCH", 3)
    asked = timezone.now() - timedelta(days=3)
    for number in range(8):
        wait(maison, asked, HOUR * number, thread=new_thread(maison, asked), author=bob)
    client.force_login(bob)

    rows = read_csv(client.get("/reports/rows/answered.csv"))
    response: Any = client.get("/reports/rows/answered.xlsx")

    assert sorted(float(row["seconds"]) for row in rows) == [HOUR * number for number in range(8)]
    assert {row["author"] for row in rows} == {"bob"}
    (cells,) = sheets(b"".join(response.streaming_content))
    row_numbers = {cell.attrib["r"].lstrip("ABCDEFGHIJKL") for cell in cells}
    assert len(row_numbers) == 9 == int(response.headers["X-Row-Count"]) + 1
