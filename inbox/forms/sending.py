"""Sending the form of a new conversation, an order message or a document."""

from dataclasses import replace

from django.http import Http404
from django.utils.translation import gettext as _

from helpdesk.storage import DiskFull
from inbox.forms.documents import DocumentForm
from inbox.forms.legacy import OldMessageForm
from inbox.forms.new_threads import NewThreadForm
from inbox.models import Destination, Outgoing, User
from inbox.services.outbox import queue, standalone

StandaloneForm = NewThreadForm | OldMessageForm | DocumentForm


def send_form(
    form: StandaloneForm,
    destination: Destination,
    edited: Outgoing | None,
    *,
    by: User,
    address: str,
) -> Outgoing | None:
    """The reply, queued or sent; None, with an error in the form, if it can't be queued.

    `address` is the form's own. 404 if its token belongs to another message.
    """
    if not form.is_valid():
        return None
    new = replace(form.outgoing(destination), address=address)
    is_edit = bool(form.data.get("replaces"))
    try:
        return standalone.send(new, by=by, edited=edited, is_edit=is_edit)
    except queue.TokenTaken:
        raise Http404 from None
    except queue.TooLate:
        form.add_error(None, too_late())
    except DiskFull as problem:
        form.add_error(None, str(problem))
    return None


def too_late() -> str:
    return _(
        "This reply was sent or discarded in the meantime. Copy your text, then reload the page."
    )
