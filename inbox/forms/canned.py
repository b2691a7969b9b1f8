"""Forms for canned replies."""

from typing import Any

from django import forms
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from inbox.models import CannedReply, Marketplace, Tag, User
from inbox.services import languages
from inbox.services.composing import placeholders

# Languages of Mirakl's marketplaces; a canned reply's other code is kept.
LANGUAGES = ["en", "fr", "de", "es", "it", "nl", "pt", "pl", "sv", "da", "cs", "ro"]


def language_choices(*more: str) -> list[tuple[str, Any]]:
    """Each language by its own name, which its speakers can read."""
    codes = dict.fromkeys([*LANGUAGES, *filter(None, more)])
    return [("", gettext_lazy("Any language")), *((code, _own_name(code)) for code in codes)]


def _own_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"]).capitalize()
    except KeyError:
        return languages.name_of(code)


class CannedForm(forms.ModelForm):  # type: ignore[type-arg]
    """Shared by the desk and Django admin."""

    class Meta:
        model = CannedReply
        fields = [
            *("name", "body", "marketplace", "language"),
            *("assigns_to", "adds_tags", "closes", "snoozes_hours"),
        ]

    def clean_body(self) -> str:
        body: str = self.cleaned_data["body"]
        if wrong := placeholders.problems(body):
            raise forms.ValidationError(wrong)
        return body

    def clean(self) -> None:
        super().clean()
        body: str | None = self.cleaned_data.get("body")
        if body is not None and not body.strip():
            self.add_error("body", _("Enter the reply text."))


class OwnCannedForm(CannedForm):
    """For the user's own canned replies, and for shared ones if they may edit these."""

    # Each placeholder with what it stands for.
    placeholders = list(placeholders.NAMES.items())

    is_shared = forms.BooleanField(required=False, label=gettext_lazy("Shared with everyone"))
    language = forms.ChoiceField(required=False, label=gettext_lazy("Language"))
    snoozes_hours = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=24 * 60,
        label=gettext_lazy("Snooze for (hours)"),
    )

    class Meta(CannedForm.Meta):
        widgets = {"adds_tags": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.user = user
        self.led = Marketplace.objects.led_by(user)
        self.fields["marketplace"] = forms.ModelChoiceField(
            Marketplace.objects.visible_to(user),
            required=False,
            empty_label=_("All marketplaces"),
            label=_("Marketplace"),
        )
        self.fields["language"].choices = language_choices(self.instance.language)  # type: ignore[attr-defined]
        self.fields["assigns_to"].choices = [  # type: ignore[attr-defined]
            ("", _("No change")),
            *CannedReply.AssignTo.choices,
        ]
        self.fields["adds_tags"].queryset = Tag.objects.visible_to(user)  # type: ignore[attr-defined]
        for name in ("marketplace", "language", "assigns_to"):
            self.fields[name].widget.attrs["class"] = "select"
        self.fields["is_shared"].initial = bool(self.instance.pk) and self.instance.owner is None

    @property
    def may_share(self) -> bool:
        return self.user.is_superuser or self.led.exists()

    def clean(self) -> None:
        super().clean()
        chosen = self.cleaned_data
        if chosen.get("is_shared") and not self._may_share_on(chosen.get("marketplace")):
            names = ", ".join(one.name for one in self.led)
            words = (
                _("You can share on %(names)s. Choose one of them.")
                if names
                else _("Ask your team lead.")
            )
            self.add_error("marketplace", words % {"names": names} if names else words)

    def _may_share_on(self, marketplace: Marketplace | None) -> bool:
        if self.user.is_superuser:
            return True
        return marketplace is not None and marketplace in self.led

    def save(self, commit: bool = True) -> CannedReply:
        self.instance.owner = None if self.cleaned_data["is_shared"] else self.user
        canned: CannedReply = super().save(commit)
        return canned
