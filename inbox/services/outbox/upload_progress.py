"""The progress of a large upload, stored for the pages that show it."""

import time
from collections.abc import Callable

from inbox.models import Outgoing, OutgoingFile

WRITTEN_EVERY = 0.5  # seconds


class SendingInterrupted(Exception):
    """The reply belongs to another sender now, or its author stopped it. Mirakl ignores a part of a
    message: the request names the length of the whole."""


class Progress:
    """Called with the bytes sent and the total while the body leaves; `renew` extends the lease.

    `files`: those in this body; by default all files of the reply.
    """

    def __init__(
        self,
        reply: Outgoing,
        renew: Callable[[Outgoing], bool],
        files: list[OutgoingFile] | None = None,
    ) -> None:
        self._reply = reply
        self._renew = renew
        self._files = list(reply.files.all()) if files is None else files
        self._written_at = time.monotonic()

    def __call__(self, sent: int, total: int) -> None:
        now = time.monotonic()
        if now - self._written_at < WRITTEN_EVERY:
            return
        self._written_at = now
        # After the last byte it can't be stopped: the answer says whether it arrived.
        if not self._renew(self._reply) and sent < total:
            raise SendingInterrupted
        self._write(sent / total)

    def _write(self, share: float) -> None:
        # Nearly all of the body is files, which leave one after the other.
        left = int(share * sum(file.size for file in self._files))
        for file in self._files:
            file.bytes_sent = min(file.size, left)
            left -= file.bytes_sent
        OutgoingFile.objects.bulk_update(self._files, ["bytes_sent"])
