"""Saved reports, and their mails to the reader."""

from django import forms
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from inbox.access import desk_page
from inbox.forms.saved_reports import ReportNameForm, RhythmForm, SavedReportForm
from inbox.htmx import DeskRequest
from inbox.models import SavedReport
from inbox.pages.reports import pages_of, report_form
from inbox.pages.saved_reports import saved_reports_page
from inbox.services.mails.reports import subscribe


@require_safe
@desk_page
def saved_reports(request: DeskRequest) -> HttpResponse:
    return render_reports(request)


@require_POST
@desk_page
def save_report(request: DeskRequest, page: str) -> HttpResponse:
    """Save a page with the filters of its address under a name."""
    report = report_form(request.viewer, QueryDict(request.POST.get("query", "")))
    if page not in pages_of(report):
        raise Http404
    instance = SavedReport(owner=request.user, page=page)
    form = SavedReportForm(request.POST, user=request.user, report=report, instance=instance)
    if not form.is_valid():
        return render_reports(request, form, status=422)
    new = form.instance
    same = SavedReport.objects.filter(owner=new.owner, page=page, name=new.name, query=new.query)
    # A form may be sent twice.
    if not same.exists():
        form.save()
    return redirect("saved-reports")


@require_POST
@desk_page
def rename_report(request: DeskRequest, pk: int) -> HttpResponse:
    report = get_object_or_404(SavedReport.objects.editable_by(request.user), pk=pk)
    form = ReportNameForm(request.POST, user=request.user, instance=report)
    if not form.is_valid():
        return render_reports(request, form, status=422)
    form.save()
    return redirect("saved-reports")


@require_POST
@desk_page
def mail_report(request: DeskRequest, pk: int) -> HttpResponse:
    """Choose when the viewer gets it by mail."""
    report = get_object_or_404(SavedReport.objects.visible_to(request.user), pk=pk)
    form = RhythmForm(request.POST)
    if not form.is_valid():
        return render_reports(request, form, status=422)
    filters = report_form(request.viewer, QueryDict(report.query))
    rhythm, told = form.cleaned_data["rhythm"], filters.chosen.marketplaces
    subscribe(report, request.user, rhythm, told)
    return redirect("saved-reports")


@require_POST
@desk_page
def delete_report(request: DeskRequest, pk: int) -> HttpResponse:
    get_object_or_404(SavedReport.objects.editable_by(request.user), pk=pk).delete()
    return redirect("saved-reports")


def render_reports(
    request: DeskRequest,
    form: forms.Form | forms.ModelForm | None = None,  # type: ignore[type-arg]
    status: int = 200,
) -> HttpResponse:
    page = saved_reports_page(request.viewer, form)
    return render(request, "inbox/reports/saved.html", {"page": page}, status=status)
