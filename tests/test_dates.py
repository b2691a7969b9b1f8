"""Dates in each language's format."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import get_format_modules

from inbox.dates import format_moment, format_recent

ROOT = Path(__file__).resolve().parent.parent
AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "moment", "with_weekday"),
    [
        ("en", "23 Nov, 14:05", "Mon 23 Nov, 14:05"),
        ("de", "23. Nov., 14:05", "Mo., 23. Nov., 14:05"),
        ("fr", "23 nov., 14:05", "lun. 23 nov., 14:05"),
        ("es", "23 nov, 14:05", "lun, 23 nov, 14:05"),
        ("it", "23 nov, 14:05", "Lun 23 nov, 14:05"),
    ],
)
def test_a_moment_reads_as_its_language_writes_it(
    language: str, moment: str, with_weekday: str
) -> None:
    with translation.override(language):
        assert format_moment(AT) == moment
        assert format_moment(AT, "WEEKDAY_MOMENT") == with_weekday


def test_a_moment_of_today_is_its_time() -> None:
    now = timezone.now()

    assert format_recent(now) == timezone.localtime(now).strftime("%H:%M")


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_every_language_has_the_same_formats(language: str) -> None:
    ours = next(one for one in get_format_modules(language) if "helpdesk" in one.__name__)

    names = {name for name in vars(ours) if name.isupper()}

    assert names == {"DAY", "FULL_DAY", "MOMENT", "FULL_MOMENT", "WEEKDAY_MOMENT"}


def test_no_template_writes_the_parts_of_a_date_itself() -> None:
    # Placeholder names are shown with a format as their example; `U.u` is for scripts.
    templates = [one for one in (ROOT / "templates").rglob("*.html") if one.name != "_names.html"]

    patterns = {
        pattern
        for path in templates
        for pattern in re.findall(r'\|date:"([^"]+)"', path.read_text())
    }

    assert not {
        one for one in patterns if not re.fullmatch(r"[A-Z_]+|c|U\.u|H:i(:s)?|Y-m-d.*", one)
    }
