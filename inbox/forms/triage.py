"""Forms for decisions about a thread: assignee, tags, snooze."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inbox.dates import format_moment
from inbox.forms.moments import MomentField
from inbox.models import Marketplace, Tag, Thread, User
from inbox.services.triage import snooze_choices

COLOURS = [value for value in Marketplace.Colour.values if value != Marketplace.Colour.GREY]
# The last possible moments cannot be converted between time zones.
LAST_YEAR = 2200

# Agents create tags as they go: this keeps a marketplace's list readable.
MOST_TAGS = 200


class AssignForm(forms.Form):
    """Unassigned, or a user who may answer there."""

    assignee = forms.ModelChoiceField(User.objects.none(), required=False)

    def __init__(self, data: Any, *, marketplace: Marketplace) -> None:
        super().__init__(data)
        self.fields["assignee"].queryset = marketplace.answerers()  # type: ignore[attr-defined]


class TagForm(forms.Form):
    """A tag to add, by name, or one to remove."""

    add = forms.CharField(
        max_length=Tag._meta.get_field("name").max_length,
        required=False,
        error_messages={"max_length": _("Tag names can be up to %(limit_value)d characters.")},
    )
    remove = forms.ModelChoiceField(Tag.objects.none(), required=False)

    def __init__(self, data: Any, *, thread: Thread) -> None:
        super().__init__(data)
        self.marketplace = thread.marketplace
        self.fields["remove"].queryset = thread.tags.all()  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if bool(cleaned.get("add")) == bool(cleaned.get("remove")):
            raise forms.ValidationError(_("Enter a tag name."))
        if cleaned.get("add"):
            self.known = known_tag(cleaned["add"], [self.marketplace])

    def tag(self) -> Tag:
        if removed := self.cleaned_data["remove"]:
            return removed  # type: ignore[no-any-return]
        return self.known or new_tag(self.cleaned_data["add"])


def known_tag(name: str, marketplaces: Sequence[Marketplace]) -> Tag | None:
    """The tag with this name in any case; None if one can be created.

    Does not reveal other teams' tags. Raises ValidationError if no more tags fit.
    """
    if known := Tag.objects.on(marketplaces).filter(name__iexact=name).first():
        return known
    for one in marketplaces:
        if Tag.objects.on([one]).count() >= MOST_TAGS:
            words = _("%(name)s already has %(most)s tags. Use an existing tag or ask your admin.")
            raise forms.ValidationError(words, params={"name": one.name, "most": MOST_TAGS})
    return None


def new_tag(name: str) -> Tag:
    """With an unused colour, as long as there is one."""
    colour = COLOURS[Tag.objects.count() % len(COLOURS)]
    return Tag.objects.get_or_create(name=name, defaults={"colour": colour})[0]


class SnoozeForm(forms.Form):
    """A snooze choice or a moment; one beyond the reply deadline must be confirmed."""

    snooze = forms.CharField(required=False)
    until = MomentField(required=False, error_messages={"invalid": _("Choose a time.")})
    anyway = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, thread: Thread) -> None:
        super().__init__(data)
        self.thread = thread
        self.is_late = False

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        if self.errors:
            return
        until = cleaned["until"] = self._until()
        if until is None or until <= timezone.now():
            raise forms.ValidationError(_("Choose a time in the future."))
        if until.year > LAST_YEAR:
            raise forms.ValidationError(_("Choose a time."))
        due = self.thread.due_at
        if due and until > due and not cleaned["anyway"]:
            self.is_late = True
            words = _(
                "The reply is due by %(due)s. If you snooze until %(until)s, it will be late."
            )
            if self.thread.is_overdue:
                words = _("The reply was due by %(due)s. Snooze until %(until)s anyway?")
            raise forms.ValidationError(
                words,
                params={
                    "due": format_moment(due, "WEEKDAY_MOMENT"),
                    "until": format_moment(until, "WEEKDAY_MOMENT"),
                },
            )

    def _until(self) -> datetime | None:
        chosen = {choice.key: choice.until for choice in snooze_choices.list_snooze_choices()}
        until: datetime | None = chosen.get(self.cleaned_data["snooze"])
        return until or self.cleaned_data["until"]
