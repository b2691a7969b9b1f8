"""Sending from forms without a thread: new conversations, order messages and documents."""

from django.db import transaction
from django.http import Http404
from django.utils.timezone import now
from django.utils.translation import gettext as _

from helpdesk.storage import DiskFull
from inbox.forms.documents import DocumentForm
from inbox.forms.legacy import OldMessageForm
from inbox.forms.new_threads import NewThreadForm
from inbox.forms.replies import is_token, new_token, values_of_reply
from inbox.htmx import DeskRequest
from inbox.models import About, Draft, Marketplace, Outgoing
from inbox.pages.new_thread import Drafted
from inbox.services.composing import drafts
from inbox.services.outbox import confirmation, delivery, queue

StandaloneForm = NewThreadForm | OldMessageForm | DocumentForm


def find_edited_reply(request: DeskRequest, where: Marketplace, kind: str) -> Outgoing | None:
    """The reply that this form edits, named by `?from=`; None if it was sent or discarded."""
    token = replaced_token(request) or request.GET.get("from", "")
    if not is_token(token):
        return None
    known = Outgoing.objects.answerable_by(request.user).filter(marketplace=where, kind=kind)
    found = known.select_related("marketplace").filter(token=token).first()
    return found if found and found.needs_person else None


def find_drafted(request: DeskRequest) -> Drafted:
    """The draft of this page's form, and the time it was read."""
    looked_at = now().isoformat()
    return Drafted(drafts.find_form_draft(request.user, request.get_full_path()), looked_at)


def initial_values(edited: Outgoing | None, draft: Draft | None) -> dict[str, object]:
    """The form's first values: its draft, else the reply that is edited."""
    if not edited and not draft:
        return {}
    begun = values_of_reply(edited) if edited else dict[str, object]()
    return begun | (draft.form_values if draft else {}) | {"token": new_token()}


def replaced_token(request: DeskRequest) -> str:
    return request.POST.get("replaces", "")


def send_form(
    request: DeskRequest, about: About, form: StandaloneForm, edited: Outgoing | None
) -> Outgoing | None:
    """Queue the form's message, and deliver a small one without undo at once.

    Returns None, with an error in the form, if it can't be queued.
    """
    if not form.is_valid():
        return None
    if edited:
        # It may have arrived since the last check.
        edited = confirmation.confirm(edited)
        edited = edited if edited.needs_person else None
    new, by = form.outgoing(about), request.user
    try:
        if replaced_token(request) and edited is None:
            # The form was sent twice, or another user has decided about the edited reply.
            if found := queue.find_by_token(new.token, new.about, by):
                return found
            raise queue.TooLate
        with transaction.atomic():
            reply, is_new = queue.add(new, by=by, replaces=edited, undo_seconds=by.undo_seconds)
            drafts.delete_form_draft(by, request.get_full_path())
    except queue.TokenTaken:
        raise Http404 from None
    except queue.TooLate:
        form.add_error(None, too_late())
        return None
    except DiskFull as problem:
        form.add_error(None, str(problem))
        return None
    return delivery.deliver_row(reply) if is_new and delivery.is_inline(reply) else reply


def too_late() -> str:
    return _(
        "This reply was sent or discarded in the meantime. Copy your text, then reload the page."
    )
