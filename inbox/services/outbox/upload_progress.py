"""How far a large upload has come, written down where pages can see it."""

import time
from collections.abc import Callable

from inbox.models import Outgoing, OutgoingFile

WRITTEN_EVERY = 0.5  # seconds


class Overtaken(Exception):
    """Not ours to send any more, or to be stopped. Half a message is none to Mirakl: it is told
    how long the whole is."""


class Progress:
    """Called with bytes sent and bytes in all as the body leaves; `renew` keeps the claim.

    `files` are those in this body; all of the reply's, unless told.
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
        # What has left as a whole cannot be stopped any more: the answer says what became of it.
        if not self._renew(self._reply) and sent < total:
            raise Overtaken
        self._write(sent / total)

    def _write(self, share: float) -> None:
        # The files are nearly all there is of the body, and leave one after the other.
        left = int(share * sum(file.size for file in self._files))
        for file in self._files:
            file.bytes_sent = min(file.size, left)
            left -= file.bytes_sent
        OutgoingFile.objects.bulk_update(self._files, ["bytes_sent"])
