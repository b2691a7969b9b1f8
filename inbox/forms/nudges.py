"""Nudging shops that are slow: the shops, a topic, and a message to each."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from inbox.dates import format_recent
from inbox.forms.numbers import is_number
from inbox.forms.replies import MessageForm, TopicForm
from inbox.models import Marketplace, Outgoing, Participant, Thread
from inbox.services.composing.warnings import SendWarning

# Each is a message that a person has read before it is sent.
MOST_SHOPS = 50


def chosen_shops(query: QueryDict) -> list[str]:
    """The ids of `?shop=`, each once."""
    return [one for one in dict.fromkeys(query.getlist("shop")) if is_number(one)][:MOST_SHOPS]


class NudgeTopicForm(TopicForm):
    """The topic of all messages, which Mirakl requires."""

    def clean(self) -> None:
        super().clean()
        chosen = self.cleaned_data
        if not self.errors and not (chosen["reason"] or chosen["topic"]):
            self.add_error("topic", _("Enter a topic."))


class NudgeForm(MessageForm):
    """A message to one shop, with names of its own among those of other shops.

    `last` was written to the shop within a day: another message must be confirmed.
    """

    send = forms.BooleanField(required=False)

    def __init__(
        self,
        *args: Any,
        where: Marketplace,
        shop: Participant,
        last: Outgoing | None,
        **kwargs: Any,
    ) -> None:
        about = Thread(marketplace=where, entity_type=Outgoing.Kind.OPERATOR_THREAD.entity_type)
        super().__init__(*args, prefix=shop.id, recipients=[shop], thread=about, **kwargs)
        self.shop = shop
        # A form that is sent again is no other message.
        self.last = None if last and str(last.token) == self["token"].value() else last

    @property
    def is_chosen(self) -> bool:
        return bool(self["send"].value())

    @property
    def name(self) -> str:
        return self.shop.display_name or self.shop.id

    @property
    def again(self) -> str:
        """The kind of warning about this last message: another one needs another confirmation."""
        return f"again-{self.last.pk}" if self.last else ""

    @property
    def seen(self) -> str:
        """The kinds of all warnings that its page shows."""
        return f"{self.confirms} {self.again}".strip()

    @property
    def written_before(self) -> str:
        """Who wrote to the shop within a day, and when; empty if nobody has."""
        return describe_last(self.last) if self.last else ""

    def clean(self) -> None:
        super().clean()
        if self.last and self.again not in self.cleaned_data.get("confirmed", "").split():
            self.open_warnings.append(SendWarning(self.again, self.written_before))
            self.add_error("confirmed", self.written_before)


def describe_last(last: Outgoing) -> str:
    who = last.author.display_name if last.author else _("Deleted account")
    words: dict[str, str | datetime] = {"who": who, "moment": format_recent(last.queued_at)}
    return _("%(who)s already wrote to this shop: %(moment)s.") % words
