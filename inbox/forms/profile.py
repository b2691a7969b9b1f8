"""Users' own settings."""

from copy import copy
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from inbox.dates import time_zones
from inbox.models import Marketplace, Notification, Signature, User
from inbox.services.people import profiles

PLACES = ("desk", "browser")


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """`marketplaces` are those with a signature field."""

    language = forms.ChoiceField(required=False, label=gettext_lazy("Language"))
    time_zone = forms.ChoiceField(required=False, label=gettext_lazy("Time zone"))
    notices = forms.MultipleChoiceField(required=False)

    class Meta:
        model = User
        fields = profiles.FIELDS
        widgets: ClassVar = dict.fromkeys(("theme", "density", "after_sending"), forms.RadioSelect)

    def __init__(self, data: Any = None, *, user: User, marketplaces: list[Marketplace]) -> None:
        ticked = [f"{kind}-{place}" for kind in Notification.Kind for place in user.hears(kind)]
        # A copy: a page with errors shows the user's stored settings.
        initial = {"notices": ticked}
        super().__init__(data, instance=copy(user), initial=initial, label_suffix="")
        self.marketplaces = marketplaces
        self._offer_choices()
        self._ask_for_signatures(user)

    def _offer_choices(self) -> None:
        boxes = [f"{kind}-{place}" for kind in Notification.Kind for place in PLACES]
        for name, choices in {
            "language": language_choices(),
            "time_zone": zone_choices(),
            "notices": [(box, box) for box in boxes],
        }.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _ask_for_signatures(self, user: User) -> None:
        texts = dict(Signature.objects.filter(user=user).values_list("marketplace", "text"))
        longest = Signature._meta.get_field("text").max_length
        for one in self.marketplaces:
            self.fields[_field_of(one)] = forms.CharField(
                required=False,
                max_length=longest,
                initial=texts.get(one.pk, ""),
                label=one.name,
                widget=forms.Textarea({"rows": 3}),
            )

    def clean_notices(self) -> dict[str, list[str]]:
        ticked: list[str] = self.cleaned_data["notices"]
        return {
            str(kind): [place for place in PLACES if f"{kind}-{place}" in ticked]
            for kind in Notification.Kind
        }

    @property
    def matrix(self) -> list[tuple[str, Any, list[tuple[str, bool]]]]:
        """For each kind of notification its label, and for each place whether it is ticked."""
        ticked = self["notices"].value() or []
        return [
            (kind, label, [(place, f"{kind}-{place}" in ticked) for place in PLACES])
            for kind, label in Notification.Kind.choices
        ]

    @property
    def signing(self) -> list[tuple[Marketplace, forms.BoundField]]:
        return [(one, self[_field_of(one)]) for one in self.marketplaces]

    @property
    def signatures(self) -> dict[int, str]:
        return {one.pk: self.cleaned_data[_field_of(one)] for one in self.marketplaces}


def language_choices() -> list[tuple[str, str]]:
    languages = [
        (code, str(get_language_info(code)["name_local"]).capitalize())
        for code, _name in settings.LANGUAGES
    ]
    return [("", _("Browser default")), *languages]


def zone_choices() -> list[tuple[str, str]]:
    zones = [(name, name.replace("_", " ")) for name in sorted(time_zones())]
    return [("", _("Browser default, or the server's: %s") % settings.TIME_ZONE), *zones]


def _field_of(marketplace: Marketplace) -> str:
    return f"signature_{marketplace.pk}"
