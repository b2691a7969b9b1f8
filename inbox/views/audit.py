"""The audit log for superusers. Others get a 404."""

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from inbox.forms.audit import AuditForm
from inbox.forms.numbers import clamp, is_number
from inbox.htmx import DeskRequest, render_page
from inbox.pages.audit import HEADINGS, audit_page, file_rows
from inbox.services import audit
from inbox.services.insight.export import stream_csv
from inbox.views.system import require_superuser


@require_safe
def log(request: DeskRequest) -> HttpResponse:
    require_superuser(request)
    form = AuditForm(request.GET)
    query = request.GET.copy()
    before = str(query.pop("before", [""])[-1])
    cursor = clamp(int(before)) if is_number(before) else None
    page = audit_page(form, query=query.urlencode(), before=cursor)
    status = 422 if form.errors else 200
    return render_page(request, "inbox/audit.html", {"page": page}, partial="log", status=status)


@require_safe
def export(request: DeskRequest) -> HttpResponseBase:
    """The entries with these filters as CSV. That is an entry too."""
    require_superuser(request)
    name = f"audit-{timezone.localdate():%Y-%m-%d}.csv"
    audit.record(audit.Kind.EXPORTED, details={"file": name})
    lines = stream_csv(HEADINGS, file_rows(AuditForm(request.GET).entries))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
