"""One action for many threads: the ticked ones, or all that match the list's filters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.forms.numbers import is_number
from inbox.forms.triage import known_tag, new_tag
from inbox.models import Event, Tag, Thread, User
from inbox.models.marketplaces import MarketplaceQuerySet
from inbox.services.search.thread_list import InboxFilters
from inbox.services.triage import bulk, snooze_choices

Verb = Event.Verb


@dataclass(frozen=True)
class BulkDecision:
    """The verb of an event, with the argument that `bulk.begin` stores."""

    verb: str
    argument: Mapping[str, int | str | None] = field(default_factory=dict)


class BulkForm(forms.Form):
    """The button names the action; `everything` means all threads that match `filters`."""

    thread = forms.TypedMultipleChoiceField(coerce=int, required=False)
    everything = forms.BooleanField(required=False)
    verb = forms.ChoiceField(choices=[(one, one) for one in (Verb.CLOSED, Verb.REOPENED)])
    assignee = forms.ModelChoiceField(User.objects.none(), required=False)
    nobody = forms.BooleanField(required=False)
    tag = forms.ModelChoiceField(Tag.objects.none(), required=False)
    untag = forms.ModelChoiceField(Tag.objects.none(), required=False)
    adds = forms.BooleanField(required=False)
    new_tag = forms.CharField(max_length=40, required=False)
    snooze = forms.CharField(required=False)
    # What to do with threads to be closed whose clock runs, or that hold an unsent text.
    open_ends = forms.ChoiceField(choices=[("leave", ""), ("close", "")], required=False)

    def __init__(
        self, data: Any, *, filters: InboxFilters, answerable: MarketplaceQuerySet
    ) -> None:
        super().__init__(data)
        self.filters, self.answerable = filters, answerable
        ticked = [(pk, pk) for pk in data.getlist("thread") if is_number(pk)]
        self.fields["thread"].choices = ticked  # type: ignore[attr-defined]
        self.fields["assignee"].queryset = answerable.answerers()  # type: ignore[attr-defined]
        for name in ("tag", "untag"):
            self.fields[name].queryset = Tag.objects.on(answerable)  # type: ignore[attr-defined]
        self.fields["verb"].required = False

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if not (cleaned.get("thread") or cleaned.get("everything")):
            raise forms.ValidationError(_("Select a conversation first."))
        if cleaned.get("adds") and cleaned.get("new_tag"):
            self.known = known_tag(cleaned["new_tag"], list(self.answerable))
        if not self.errors and self.decision() is None:
            raise forms.ValidationError(_("Choose an action."))

    def decision(self) -> BulkDecision | None:
        chosen = self.cleaned_data
        if chosen["verb"]:
            leaves = {"skips_open_ends": True} if chosen["open_ends"] == "leave" else {}
            return BulkDecision(chosen["verb"], leaves)
        if chosen["assignee"] or chosen["nobody"]:
            to = chosen["assignee"].pk if chosen["assignee"] else None
            return BulkDecision(Verb.ASSIGNED, {"to": to})
        if chosen["tag"]:
            return BulkDecision(Verb.TAGGED, {"tag": chosen["tag"].pk})
        if chosen["untag"]:
            return BulkDecision(Verb.UNTAGGED, {"tag": chosen["untag"].pk})
        if chosen["adds"] and chosen["new_tag"]:
            tag = self.known or new_tag(chosen["new_tag"])
            return BulkDecision(Verb.TAGGED, {"tag": tag.pk})
        moments = {
            choice.key: choice.until.isoformat() for choice in snooze_choices.list_snooze_choices()
        }
        until = moments.get(chosen["snooze"])
        return BulkDecision(Verb.SNOOZED, {"until": until}) if until else None

    @property
    def is_to_ask(self) -> bool:
        """Whether to check first for threads with a running clock."""
        return self.cleaned_data["verb"] == Verb.CLOSED and not self.cleaned_data["open_ends"]

    def threads(self) -> list[int]:
        """Pks of threads that the user may answer, up to the limit of one bulk change."""
        threads = Thread.objects.filter(pk__in=self.cleaned_data["thread"])
        if self.cleaned_data["everything"]:
            threads = self.filters.threads()
        threads = threads.filter(marketplace__in=self.answerable)
        return list(threads.values_list("pk", flat=True)[: bulk.MOST])
