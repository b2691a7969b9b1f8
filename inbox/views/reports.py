"""Reports: how long customers and operators wait, and the rows behind every figure."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseBadRequest,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from inbox.access import desk_page
from inbox.forms.reports import UNSEEN, ReportForm
from inbox.htmx import DeskRequest, render_page
from inbox.pages import report_rows, reports
from inbox.services import audit
from inbox.services.insight.export import export_rows, stream_csv, write_xlsx
from inbox.services.insight.metrics import ROWS
from inbox.services.insight.reports import snapshot
from inbox.services.insight.sheets import SHEETS, Sheet


@require_safe
@desk_page
def index(request: DeskRequest) -> HttpResponse:
    return report(request, "overview")


@require_safe
@desk_page
def report(request: DeskRequest, page: str) -> HttpResponse:
    form = get_form(request)
    if page not in reports.pages_of(form):
        raise Http404
    with snapshot():
        shown = reports.report_page(page, form, is_whole="whole" in request.GET)
    status = 422 if form.errors else 200
    template, context = "inbox/reports/page.html", {"page": shown}
    return render_page(request, template, context, partial="report", status=status)


@require_safe
@desk_page
def list_rows(request: DeskRequest, rows: str) -> HttpResponse:
    """What a figure counts."""
    if rows not in ROWS:
        raise Http404
    form = get_form(request)
    with snapshot():
        page = report_rows.rows_page(rows, form)
    template, context = "inbox/reports/rows.html", {"page": page}
    status = 422 if form.errors else 200
    return render_page(request, template, context, partial="rows", status=status)


@require_safe
@desk_page
def export(request: DeskRequest, rows: str, kind: str) -> HttpResponseBase:
    """The rows of a figure as a file: `csv` or `xlsx`."""
    if rows not in ROWS:
        raise Http404
    form = get_form(request)
    found = report_rows.select_rows(rows, form, form.chosen)
    return as_file(form, found, SHEETS[ROWS[rows].source.name], f"{rows}.{kind}")


@require_safe
@desk_page
def spans_csv(request: DeskRequest) -> HttpResponseBase:
    """Every wait that touches the period; with `history=1` also those from before the desk."""
    form = get_form(request)
    chosen = form.chosen
    spans = chosen.spans_touching(with_history=request.GET.get("history") == "1")
    return as_file(form, spans, SHEETS["waits"], "spans.csv")


def as_file(
    form: ReportForm, found: QuerySet[Any], sheet: Sheet, filename: str
) -> HttpResponseBase:
    if form.errors or not form.chosen.marketplaces:
        words = form.errors.as_text() or str(UNSEEN)
        return HttpResponseBadRequest(words, content_type="text/plain; charset=utf-8")
    audit.record(audit.Kind.EXPORTED, details={"file": filename})
    has_persons = settings.REPORTS_BY_PERSON or form.only is not None
    rows = export_rows(found, sheet, has_persons=has_persons)
    (total,) = next(rows)
    headers = {"X-Row-Count": str(total)}
    name, kind = filename.split(".")
    filename = f"{name}-{form.chosen.period.first}-{form.chosen.period.last}.{kind}"
    if kind == "xlsx":
        file = write_xlsx(sheet.headings, rows)
        return FileResponse(file, as_attachment=True, filename=filename, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    lines = stream_csv(sheet.headings, rows)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def get_form(request: DeskRequest) -> ReportForm:
    given = request.GET.copy()
    given.pop("whole", None)
    return reports.report_form(request.viewer, given)
