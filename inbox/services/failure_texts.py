"""Error texts for admins: how calls to a marketplace fail, and how to fix it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.mirakl import FailureKind

WORDS: dict[str, Promise] = {
    FailureKind.ADDRESS: _("The address isn't valid. Check it."),
    FailureKind.DNS: _("The host name wasn't found (DNS). Check the address."),
    FailureKind.PORT: _("No server responds at this address. Check the host and port."),
    FailureKind.NETWORK: _(
        "The address can't be reached from this server. Check the server's network."
    ),
    FailureKind.CERTIFICATE: _(
        "The TLS certificate isn't valid: expired, for another name, or from an unknown "
        "authority. Contact the marketplace."
    ),
    FailureKind.TLS: _("The TLS connection failed. Check that the address uses https."),
    FailureKind.TIMEOUT: _("The marketplace didn't respond in time. Try again later."),
    FailureKind.POOL: _("Too many requests are running at once. Try again later."),
    FailureKind.BROKEN_OFF: _(
        "The marketplace closed the connection without responding. Try again later."
    ),
    FailureKind.GATEWAY: _("A gateway responds, but the marketplace behind it doesn't."),
    FailureKind.REDIRECT: _(
        "This address redirects to another one. Enter the marketplace's own address."
    ),
    FailureKind.SIGN_IN: _("This address shows a login page. Enter the address of the API host."),
    FailureKind.WEB_PAGE: _(
        "This address shows a web page instead of a Mirakl API. Check the address."
    ),
    FailureKind.PACKING: _("The response uses an unsupported compression."),
    FailureKind.SIZE: _("The response is incomplete."),
}


def describe_kind(kind: str) -> str:
    """Empty if the kind adds nothing to the text already shown."""
    return str(WORDS.get(kind, ""))
