"""Options of a reply's send button: the next page, and closing or snoozing the thread."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from inbox.forms.numbers import is_number
from inbox.models import User


@dataclass(frozen=True)
class Wish:
    """`after` is an AfterSending or empty; `canned` are pks of canned replies."""

    after: str = ""
    close: bool = False
    canned: Sequence[int] = ()


class AfterForm(forms.Form):
    """All fields are optional; invalid values are ignored."""

    after = forms.ChoiceField(choices=User.AfterSending.choices, required=False)
    close = forms.BooleanField(required=False)
    canned = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        sent = [(pk, pk) for pk in data.getlist("canned") if is_number(pk)]
        self.fields["canned"].choices = sent[:20]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def wish(self) -> Wish:
        return Wish(**self.cleaned_data)

    @property
    def chosen(self) -> dict[str, str]:
        """The button's options, for another button to repeat."""
        fields = {"after": self.wish.after, "close": "on" if self.wish.close else ""}
        return {name: value for name, value in fields.items() if value}


def with_button(data: QueryDict) -> QueryDict:
    """The form with its button's fields: `meant` holds them as a query string."""
    if "meant" not in data:
        return data
    whole = data.copy()
    whole.update(QueryDict(str(data["meant"])))
    return whole
