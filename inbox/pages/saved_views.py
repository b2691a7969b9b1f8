"""The page of saved views."""

from collections.abc import Sequence
from dataclasses import dataclass

from inbox.forms.saved_views import RenameForm, SavedViewForm
from inbox.models import SavedView
from inbox.pages.viewer import Viewer


@dataclass(frozen=True)
class SavedViewRow:
    view: SavedView
    is_editable: bool


@dataclass(frozen=True)
class SavedViewsPage:
    """`form` is a form that was refused."""

    rows: Sequence[SavedViewRow]
    form: SavedViewForm | RenameForm | None
    may_share: bool


def saved_views_page(
    viewer: Viewer, form: SavedViewForm | RenameForm | None = None
) -> SavedViewsPage:
    views = SavedView.objects.visible_to(viewer.user).select_related("owner")
    editable = set(SavedView.objects.editable_by(viewer.user).values_list("pk", flat=True))
    rows = [SavedViewRow(view, view.pk in editable) for view in views]
    return SavedViewsPage(rows, form, may_share=viewer.leads_anywhere)
