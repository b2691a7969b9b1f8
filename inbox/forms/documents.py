"""Upload of a document to an order."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import Destination, Details, Outgoing, OutgoingFile
from inbox.services.marketplaces import documents
from inbox.services.marketplaces.documents import DocumentType
from inbox.services.outbox.new_outgoing import NewOutgoing


class DocumentForm(forms.Form):
    """One file and its document type."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    type = forms.CharField(error_messages={"required": gettext_lazy("Choose a document type.")})
    file = forms.FileField(
        allow_empty_file=True, error_messages={"required": gettext_lazy("Choose a file.")}
    )

    def __init__(
        self,
        *args: Any,
        types: Sequence[DocumentType],
        edited: Outgoing | None = None,
        waiting: Sequence[OutgoingFile] = (),
        **kwargs: Any,
    ) -> None:
        """`waiting` is the file of the document being `edited`: it is sent unless replaced."""
        super().__init__(*args, **kwargs)
        self.types = types
        self.waiting = waiting
        self.fields["file"].required = not waiting
        self.original_name = edited.details.original_name if edited else ""

    def clean_type(self) -> str:
        code: str = self.cleaned_data["type"]
        if self._type(code) is None:
            words = _("“%(type)s” isn't a document type here. Choose one of these: %(types)s.")
            labels = ", ".join(one.label for one in self.types)
            raise forms.ValidationError(words % {"type": code, "types": labels})
        return code

    def _type(self, code: str) -> DocumentType | None:
        return next((one for one in self.types if one.code == code), None)

    def clean(self) -> None:
        super().clean()
        cleaned = self.cleaned_data
        type_, file = self._type(cleaned.get("type", "")), cleaned.get("file")
        if type_ and file and not type_.takes(file.name or ""):
            words = _("The marketplace accepts “%(type)s” only as: %(kinds)s.")
            kinds = ", ".join(type_.mime_types)
            self.add_error("file", words % {"type": type_.label, "kinds": kinds})

    def clean_file(self) -> UploadedFile | None:
        """The file, renamed if Mirakl would refuse its name; `original_name` is the name before."""
        file: UploadedFile | None = self.cleaned_data["file"]
        if file is None:
            return None
        if problem := documents.problem_with(file):
            raise forms.ValidationError(problem)
        plain = documents.plain_name(file.name or "")
        self.original_name = file.name or "" if file.name != plain else ""
        file.name = plain
        return file

    def outgoing(self, destination: Destination) -> NewOutgoing:
        """What a valid form hands to `queue.add`."""
        file: UploadedFile | None = self.cleaned_data["file"]
        kept = [] if file else self.waiting[:1]
        name = (file.name if file else kept[0].name) or ""
        return NewOutgoing(
            token=self.cleaned_data["token"],
            destination=destination,
            details=Details(
                document_types={name: self.cleaned_data["type"]}, original_name=self.original_name
            ),
            files=[file] if file else [],
            kept=[one.key for one in kept],
        )
