"""Forms for messages: the fields of every message, and a reply on a thread."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from inbox.mirakl.wire import BODY_LENGTH, TOPIC_LENGTH
from inbox.models import (
    Destination,
    Details,
    DraftFile,
    Marketplace,
    Message,
    NamedCustomer,
    Outgoing,
    OutgoingFile,
    Participant,
    Thread,
)
from inbox.services.composing import placeholders, warnings
from inbox.services.files import problem_with
from inbox.services.marketplaces.reasons import FREE_TEXT, REASON_CODE, Reason
from inbox.services.outbox import bodies
from inbox.services.outbox.new_outgoing import NewOutgoing

Waiting = DraftFile | OutgoingFile


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files under one name; an empty list if none was chosen."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        return [super(ManyFilesField, self).clean(one) for one in data or []]


class MessageForm(forms.Form):
    """Fields of every message: text, recipients, and the form's own token.

    `confirmed`: the kinds of warnings that the agent has confirmed.
    """

    token = forms.UUIDField(widget=forms.HiddenInput)
    body = forms.CharField(
        strip=False,
        error_messages={"required": gettext_lazy("Enter some text.")},
    )
    to = forms.MultipleChoiceField(
        error_messages={"required": gettext_lazy("Choose at least one recipient.")},
    )
    confirmed = forms.CharField(required=False, max_length=100)
    body_length = BODY_LENGTH

    def __init__(
        self,
        *args: Any,
        recipients: list[Participant],
        thread: Thread | None = None,
        begun_for: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        """Warnings need a `thread`, which may be one that is not started yet."""
        super().__init__(*args, **kwargs)
        self.offered, self.thread, self.begun_for = recipients, thread, begun_for
        self.open_warnings: list[warnings.SendWarning] = []
        self.fields["to"].choices = [(one.type, one.type) for one in recipients]  # type: ignore[attr-defined]

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"].strip()
        if gaps := placeholders.find_unfilled(body):
            raise forms.ValidationError(
                _("Fill in or remove these placeholders before you send: %(gaps)s")
                % {"gaps": ", ".join(gaps)}
            )
        shortest, longest = self.body_length
        where = self.thread.marketplace if self.thread else None
        body_format = where.body_format if where else Marketplace.BodyFormat.HTML
        length = len(bodies.wire_body(body, body_format))
        if length < shortest:
            raise forms.ValidationError(
                ngettext("Enter at least %d character.", "Enter at least %d characters.", shortest)
                % shortest
            )
        if length > longest:
            raise forms.ValidationError(
                _(
                    "This message is %(over)d characters too long. Shorten it or attach it "
                    "as a file."
                )
                % {"over": length - longest}
            )
        return body

    def clean(self) -> None:
        """Warnings are errors until the agent confirms them."""
        super().clean()
        chosen = self.cleaned_data
        if self.thread is None or self.errors:
            return
        found = warnings.find_warnings(
            self.thread, chosen["body"], to=chosen["to"], begun_for=self.begun_for
        )
        confirmed = chosen["confirmed"].split()
        self.open_warnings = [one for one in found if one.kind not in confirmed]
        for one in self.open_warnings:
            self.add_error("confirmed", one.text)

    @property
    def confirms(self) -> str:
        """The value of `confirmed` that sends the form despite its warnings."""
        kinds = [one.kind for one in self.open_warnings]
        return " ".join([*(self["confirmed"].value() or "").split(), *kinds])

    @property
    def recipients(self) -> list[Participant]:
        chosen = self.cleaned_data["to"]
        return [one for one in self.offered if one.type in chosen]

    def outgoing(self, destination: Destination) -> NewOutgoing:
        """The input of `queue.add`; only for a valid form."""
        return NewOutgoing(
            token=self.cleaned_data["token"],
            destination=destination,
            body=self.cleaned_data["body"],
            recipients=self.recipients,
            details=self.details,
        )

    @property
    def details(self) -> Details:
        return Details()


class TokensField(forms.Field):
    """Any number of tokens under one name; other values are left out."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        return [one for one in value or [] if is_token(one)]


def is_token(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


class TopicForm(forms.Form):
    """A topic: the code of a reason of the marketplace, or free text."""

    reason = forms.CharField(required=False, max_length=200)
    topic = forms.CharField(required=False)

    def __init__(self, *args: Any, reasons: Sequence[Reason] = (), **kwargs: Any) -> None:
        """Without `reasons` any code is accepted: Mirakl checks it."""
        super().__init__(*args, **kwargs)
        self.labels = {reason.code: reason.label for reason in reasons}

    def clean_reason(self) -> str:
        code: str = self.cleaned_data["reason"]
        if code and self.labels and code not in self.labels:
            raise forms.ValidationError(_("Choose one of the listed topics."))
        return code

    def clean_topic(self) -> str:
        topic: str = self.cleaned_data["topic"].strip()
        shortest, longest = TOPIC_LENGTH
        if self.cleaned_data.get("reason") or not topic:
            return ""
        if not shortest <= len(topic) <= longest:
            raise forms.ValidationError(
                _("Enter %(shortest)d to %(longest)d characters.")
                % {"shortest": shortest, "longest": longest}
            )
        return topic

    def with_topic(self, new: NewOutgoing) -> NewOutgoing:
        """This message about the topic; only for a valid form."""
        chosen = self.cleaned_data
        return replace(
            new,
            topic_type=REASON_CODE if chosen["reason"] else FREE_TEXT if chosen["topic"] else "",
            topic_value=chosen["reason"] or chosen["topic"],
            topic_label=self.labels.get(chosen["reason"], ""),
        )


class WriteForm(MessageForm, TopicForm):
    """A message of a thread: with files and a topic."""

    # The metaclass takes fields off the class: Django's own `files` is untouched by this one.
    files = ManyFilesField(required=False, allow_empty_file=True)  # type: ignore[assignment]

    def __init__(
        self,
        *args: Any,
        waiting: Sequence[Waiting] = (),
        room: int | None = None,
        **kwargs: Any,
    ) -> None:
        """`waiting`: files of the draft, or of the reply that is edited. `room`: how many more
        files fit on the order or service.
        """
        super().__init__(*args, **kwargs)
        self.waiting, self.room = waiting, room

    def clean_files(self) -> list[UploadedFile]:
        files: list[UploadedFile] = self.cleaned_data["files"]
        if len(self.kept_files) < len(set(self.kept or ())):
            raise forms.ValidationError(
                _("A file is no longer here. It was sent or removed in another tab.")
            )
        text_bytes = len(self.cleaned_data.get("body", "").encode())
        if problem := problem_with(
            [*files, *self.kept_files], text_bytes=text_bytes, room=self.room
        ):
            raise forms.ValidationError(problem)
        return files

    @property
    def kept(self) -> list[str] | None:
        """Keys of the waiting files to send; None if the page did not ask.

        An empty one says that the page had checkboxes.
        """
        if "kept" not in self.data:
            return None
        return [key for key in self.data.getlist("kept") if key]  # type: ignore[attr-defined]

    @property
    def kept_files(self) -> list[Waiting]:
        kept = self.kept
        return [file for file in self.waiting if kept is None or file.key in kept]

    def outgoing(self, destination: Destination) -> NewOutgoing:
        new = self.with_topic(super().outgoing(destination))
        return replace(new, files=self.cleaned_data["files"], kept=self.kept)


class ReplyForm(WriteForm):
    """A reply on a thread; a topic changes the thread's. `seen`, `shown` and `noted` are what its
    page showed: the newest message, the replies of the outbox, the newest note."""

    seen = forms.CharField(required=False)
    shown = TokensField(required=False)
    noted = forms.IntegerField(required=False)

    def __init__(self, *args: Any, signature: str = "", **kwargs: Any) -> None:
        """A text that is only the `signature` is empty."""
        super().__init__(*args, **kwargs)
        self.signature = signature.strip()

    def clean_body(self) -> str:
        body = super().clean_body()
        if body.replace("\r\n", "\n") == self.signature:
            raise forms.ValidationError(_("Enter some text."))
        return body

    def outgoing(self, destination: Destination) -> NewOutgoing:
        return replace(super().outgoing(destination), based_on=self.data.get("based_on"))


def offered_recipients(thread: Thread) -> list[Participant]:
    """The participants that this thread can be sent to, one of each type, without our own side."""
    ours = thread.marketplace.our_side
    by_type = {
        one.type: one
        for one in reversed(thread.authorized_participants)
        if one.type not in ("", ours)
    }
    return [by_type[kind] for kind in sorted(by_type)]


def misses_customer(thread: Thread) -> bool:
    """Whether a shop's thread is about a customer that Mirakl does not let us write to."""
    is_shops = thread.marketplace.our_side == "SHOP"
    types = {one.type for one in offered_recipients(thread)}
    return is_shops and thread.entity_type != "SELLER_OPERATOR" and "CUSTOMER" not in types


def default_recipients(thread: Thread, last_inbound: Message | None) -> list[str]:
    """Types chosen at first: the sender of the last message, and those it was copied to."""
    offered = [one.type for one in offered_recipients(thread)]
    if last_inbound is None or last_inbound.sender_side == "CUSTOMER":
        wanted = {"CUSTOMER"}
    else:
        copied = {one.type for one in last_inbound.recipients}
        wanted = {last_inbound.sender_side} | (copied & {"CUSTOMER"})
    if "CUSTOMER" in wanted and thread.marketplace.copies_operator:
        wanted.add("OPERATOR")
    return [kind for kind in offered if kind in wanted] or nearest(offered)


def nearest(offered: list[str]) -> list[str]:
    """The recipient if nothing else is known: the customer, else the shop."""
    return [kind for kind in ("CUSTOMER", "SHOP", *offered) if kind in offered][:1]


def values_of_reply(reply: Outgoing) -> dict[str, object]:
    """Initial values of a form that edits this reply: everything but its files."""
    is_code = reply.topic_type == REASON_CODE
    return {
        "token": new_token(),
        "body": reply.body,
        "to": [one.type for one in reply.recipients],
        "reason": reply.topic_value if is_code else "",
        "topic": "" if is_code else reply.topic_value,
        "subject": reply.email_subject,
        "documents": [int(one) for one in reply.details.documents],
        "type": next(iter(reply.details.document_types.values()), ""),
        "shop": reply.subject_id,
        **_named(reply.details.customer),
    }


def _named(customer: NamedCustomer | None) -> dict[str, str]:
    """The form's fields about the customer who writes, without their id."""
    if customer is None:
        return {}
    return {
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "locale": customer.locale,
    }


def new_token() -> str:
    return str(uuid.uuid4())
