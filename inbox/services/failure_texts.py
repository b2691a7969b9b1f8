"""Error texts for admins: how calls to a marketplace fail, and how to fix it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.mirakl import FailureKind

WORDS: dict[str, Promise] = {
    FailureKind.ADDRESS: _("The address cannot be called. Check it."),
    FailureKind.DNS: _("The name of its host is not known (DNS). Check the address."),
    FailureKind.PORT: _("Nothing listens at the address. Check its host and port."),
    FailureKind.NETWORK: _("No network leads to the address from here. Check the desk's network."),
    FailureKind.CERTIFICATE: _(
        "Its TLS certificate is not valid: expired, for another name, or not from a known"
        " authority. Tell the marketplace."
    ),
    FailureKind.TLS: _("It does not speak TLS as it should. Check that the address is for https."),
    FailureKind.TIMEOUT: _("It does not answer in time. Try again later."),
    FailureKind.POOL: _("The desk makes too many calls at once. Try again later."),
    FailureKind.BROKEN_OFF: _("It closes the connection without an answer. Try again later."),
    FailureKind.GATEWAY: _("A gateway answers, and the marketplace behind it does not."),
    FailureKind.REDIRECT: _("It sends us to another address. Enter the marketplace's own."),
    FailureKind.SIGN_IN: _("It shows a sign-in page. Enter the address of the API's own host."),
    FailureKind.WEB_PAGE: _("It answers with a web page, not as Mirakl does. Check the address."),
    FailureKind.PACKING: _("Its answers are compressed in a way that the desk cannot read."),
    FailureKind.SIZE: _("Its answer is not as large as it should be."),
}


def in_words(kind: str) -> str:
    """Empty if the kind adds nothing to what is shown already."""
    return str(WORDS.get(kind, ""))
