"""What is on no thread: sent from a form of its own, or edited there after it came back."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from helpdesk.storage import DiskFull
from inbox.forms.documents import DocumentForm
from inbox.forms.legacy import OldMessageForm
from inbox.forms.new_threads import NewThreadForm
from inbox.forms.replies import as_written, is_token, new_token
from inbox.htmx import DeskRequest, wants_fragment
from inbox.models import About, LetterDraft, Marketplace, Outgoing
from inbox.services.composing import form_drafts
from inbox.services.outbox import queue, undo

LetterForm = NewThreadForm | OldMessageForm | DocumentForm


def edited_reply(request: DeskRequest, where: Marketplace, kind: str) -> Outgoing | None:
    """The one that this form goes on with, as `?from=` says; none that is sent or given up."""
    token = replaced(request) or request.GET.get("from", "")
    if not is_token(token):
        return None
    known = Outgoing.objects.answerable_by(request.user).filter(marketplace=where, kind=kind)
    found = known.select_related("marketplace").filter(token=token).first()
    return found if found and found.needs_person else None


def drafted(request: DeskRequest) -> dict[str, Any]:
    """For a form's page: what was begun there, and since when that may have changed."""
    looked_at = now().isoformat()
    draft = form_drafts.begun(request.user, request.get_full_path())
    return {"draft": draft, "looked_at": looked_at}


def written_so_far(edited: Outgoing | None, draft: LetterDraft | None) -> dict[str, Any]:
    """What the form begins with: what was typed there last, else the reply that it goes on with."""
    if not edited and not draft:
        return {}
    begun = as_written(edited) if edited else {}
    return begun | (draft.fields if draft else {}) | {"token": new_token()}


def replaced(request: DeskRequest) -> str:
    return request.POST.get("replaces", "")


def send_off(
    request: DeskRequest, about: About, form: LetterForm, edited: Outgoing | None
) -> Outgoing | None:
    """Queue what the form holds; None, and an error in the form, where it cannot be.

    A small one that nobody may undo goes at once.
    """
    if not form.is_valid():
        return None
    if edited:
        # It may have arrived after the second look.
        edited = queue.confirm(edited)
        edited = edited if edited.needs_person else None
    new, by = form.outgoing(about), request.user
    try:
        if replaced(request) and edited is None:
            # Posted twice, or somebody has settled the other one meanwhile.
            if found := queue.written_before(new.token, new.about, by):
                return found
            raise undo.TooLate
        with transaction.atomic():
            reply, is_new = queue.add(new, by=by, replaces=edited, undo_seconds=by.undo_seconds)
            form_drafts.forget(by, request.get_full_path())
    except queue.TokenTaken:
        raise Http404 from None
    except undo.TooLate:
        too_late(form)
        return None
    except DiskFull as problem:
        form.add_error(None, str(problem))
        return None
    return queue.deliver(reply.pk) if is_new and queue.is_inline(reply) else reply


def too_late(form: LetterForm) -> None:
    words = _(
        "This reply was sent or discarded in the meantime. Copy your text, then reload the page."
    )
    form.add_error(None, words)


def go(request: DeskRequest, url: str) -> HttpResponse:
    return HttpResponseClientRedirect(url) if wants_fragment(request) else redirect(url)
