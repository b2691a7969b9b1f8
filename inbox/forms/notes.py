"""Form for a note."""

from django import forms
from django.utils.translation import gettext_lazy as _

from inbox.models import Note

LONGEST_NOTE = Note._meta.get_field("body").max_length


class NoteForm(forms.Form):
    body = forms.CharField(
        max_length=LONGEST_NOTE, error_messages={"required": _("Enter some text.")}
    )


class NewNoteForm(NoteForm):
    token = forms.UUIDField()
