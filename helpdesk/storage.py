"""Staged files on disk: private, and never half-written."""

import errno
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.utils.translation import gettext as _

FULL = {errno.ENOSPC, errno.EDQUOT}
# Room for some messages with the most files that Mirakl accepts.
LOW_BYTES = 500_000_000


class DiskFull(OSError):
    """The disk is full. The message is for users."""

    def __str__(self) -> str:
        return _(
            "The server's disk is full, so the file wasn't saved. Your text isn't lost. "
            "Ask your admin to free up space, then try again."
        )


class Disk(FileSystemStorage):
    """Raises DiskFull if the disk is full."""

    def __init__(self, **options: Any) -> None:
        modes = {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
        super().__init__(**(modes | options))

    def _save(self, name: str, content: "File[Any]") -> str:
        try:
            return str(super()._save(name, content))  # type: ignore[misc]  # the stubs hide it
        except BaseException as error:
            # `save` has chosen a free name, so this is the partial file.
            with suppress(OSError):
                Path(self.path(name)).unlink()
            if isinstance(error, OSError) and error.errno in FULL:
                raise DiskFull(error.errno, "no room") from error
            raise


def free_bytes() -> int | None:
    """Returns the free bytes of UPLOAD_DIR, or None for a bucket."""
    if settings.S3_BUCKET:
        return None
    there = Path(settings.MEDIA_ROOT)
    while not there.exists():
        there = there.parent
    return shutil.disk_usage(there).free


def is_low(free: int | None) -> bool:
    return free is not None and free < LOW_BYTES
