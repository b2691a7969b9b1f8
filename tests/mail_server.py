"""A real SMTP server that keeps the mails it gets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

from tests.ports import free_port

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings


@dataclass
class MailServer:
    """Keeps what it gets. `answer` is how it answers a mail; None closes the connection instead."""

    answer: str | None = "250 OK"
    got: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.answer is None:
            server.transport.abort()
        return self.answer or ""

    @property
    def readers(self) -> list[str]:
        return [parseaddr(str(one["To"]))[1] for one in self.got]


@contextmanager
def running_mail_server(settings: "Settings") -> Iterator[MailServer]:
    """The desk sends its mails there."""
    kept, port = MailServer(), free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    try:
        yield kept
    finally:
        controller.stop()
