"""Static files as `collectstatic` leaves them, collected once for all tests of a process."""

from pathlib import Path

import pytest

# Compressed copies would take nine tenths of the time. test_package.py makes them.
NOT_COMPRESSED = ("css", "html", "js", "json", "svg", "txt")


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    collect(folder)
    return folder


def collect(folder: Path) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.test import override_settings

    backend = {"BACKEND": "helpdesk.static_files.StaticFiles"}
    with override_settings(
        STATIC_ROOT=str(folder),
        STORAGES={**settings.STORAGES, "staticfiles": backend},
        WHITENOISE_SKIP_COMPRESS_EXTENSIONS=NOT_COMPRESSED,
    ):
        call_command("collectstatic", interactive=False, verbosity=0)
