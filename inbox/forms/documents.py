"""A document to be sent to an order."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import Reply, ReplyFile
from inbox.services import documents


class DocumentForm(forms.Form):
    """One file, and what it is."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    type = forms.CharField(error_messages={"required": gettext_lazy("Say what it is.")})
    file = forms.FileField(
        allow_empty_file=True, error_messages={"required": gettext_lazy("Choose a file first.")}
    )

    def __init__(
        self,
        *args: Any,
        types: Sequence[str],
        edited: Reply | None = None,
        waiting: Sequence[ReplyFile] = (),
        **kwargs: Any,
    ) -> None:
        """`waiting` is the file of the document that is `edited`: it goes, or another instead."""
        super().__init__(*args, **kwargs)
        self.types = types
        self.waiting = waiting
        self.fields["file"].required = not waiting
        self.original_name = edited.details.get("original_name", "") if edited else ""

    def clean_type(self) -> str:
        code: str = self.cleaned_data["type"]
        if code not in self.types:
            words = _("“%(type)s” is no type of document here. Choose one of these: %(types)s.")
            raise forms.ValidationError(words % {"type": code, "types": ", ".join(self.types)})
        return code

    def clean_file(self) -> UploadedFile | None:
        """Renamed where Mirakl would refuse its name; `original_name` is what it was called."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is None:
            return None
        if problem := documents.problem_with(file):
            raise forms.ValidationError(problem)
        plain = documents.plain_name(file.name or "")
        self.original_name = file.name or "" if file.name != plain else ""
        file.name = plain
        return file

    @property
    def letter(self) -> dict[str, Any]:
        """What `outbox.queue` is told of it."""
        file = self.cleaned_data["file"]
        kept = [] if file else self.waiting[:1]
        name = file.name if file else kept[0].name
        details: dict[str, Any] = {"types": {name: self.cleaned_data["type"]}}
        if self.original_name:
            details["original_name"] = self.original_name
        return {
            "token": self.cleaned_data["token"],
            "body": "",
            "recipients": [],
            "details": details,
            "files": [file] if file else [],
            "kept": [one.pk for one in kept],
        }
