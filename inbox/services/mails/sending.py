"""One mail over SMTP, and how its sending may end."""

from contextlib import suppress
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext_noop


class NotSentError(Exception):
    """The mail has certainly not left. `words` is a text of the catalogues."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


UNREACHED = gettext_noop("The mail server can't be reached.")
REFUSED = gettext_noop("The mail server refused the mail.")


def send(mail: EmailMessage) -> None:
    """Raises NotSentError; another error of SMTP or of the network if it isn't known."""
    connection = get_connection()
    try:
        connection.open()
    except (SMTPException, OSError) as error:
        raise NotSentError(UNREACHED) from error
    try:
        mail.connection = connection
        mail.send()
    except (SMTPResponseException, SMTPRecipientsRefused) as error:
        raise NotSentError(REFUSED) from error
    finally:
        # What the server says to our goodbye changes nothing.
        with suppress(SMTPException, OSError):
            connection.close()
