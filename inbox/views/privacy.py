"""Personal data of customers, for superusers: where it is, its export and its erasure."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from inbox.forms.privacy import CustomerForm, EraseForm
from inbox.htmx import DeskRequest
from inbox.pages.privacy import privacy_page
from inbox.services import audit
from inbox.services.privacy import dossiers, erasing
from inbox.services.privacy.subjects import find_subject
from inbox.views.system import require_superuser

PAGE = "inbox/privacy.html"


@require_safe
def overview(request: DeskRequest) -> HttpResponse:
    """`?marketplace=` and `?customer=` count what is stored of a customer."""
    require_superuser(request)
    is_asked = "customer" in request.GET
    form = CustomerForm(request.GET if is_asked else None)
    if not is_asked or not form.is_valid():
        page = privacy_page(form, None)
        return render(request, PAGE, {"page": page}, status=422 if is_asked else 200)
    subject = find_subject(form.cleaned_data["marketplace"], form.cleaned_data["customer"])
    problem = "" if subject.is_known else _("Nothing is stored of this customer. Check the ID.")
    return render(request, PAGE, {"page": privacy_page(form, subject, problem)})


@require_safe
def export(request: DeskRequest) -> HttpResponse:
    """All that is known of one customer, as JSON."""
    require_superuser(request)
    form = CustomerForm(request.GET)
    if not form.is_valid():
        return HttpResponseBadRequest(form.errors.as_text(), content_type="text/plain")
    subject = find_subject(form.cleaned_data["marketplace"], form.cleaned_data["customer"])
    audit.record(
        audit.Kind.EXPORTED,
        about=form.cleaned_data["marketplace"],
        details={"file": "customer.json", "conversations": len(subject.threads)},
    )
    response = HttpResponse(
        dossiers.as_json(dossiers.build_dossier(subject)), content_type="application/json"
    )
    response["Content-Disposition"] = 'attachment; filename="customer.json"'
    return response


@require_POST
def erase(request: DeskRequest) -> HttpResponse:
    require_superuser(request)
    form = EraseForm(request.POST)
    if not form.is_valid():
        page = privacy_page(CustomerForm(request.POST), None)
        return render(request, PAGE, {"page": page}, status=422)
    subject = find_subject(form.cleaned_data["marketplace"], form.cleaned_data["customer"])
    try:
        if subject.is_known:
            erasing.erase(subject, notes=form.cleaned_data["notes"])
    except erasing.StillSending:
        words = _(
            "A message to this customer is being sent. Wait until it is sent, then try again."
        )
        page = privacy_page(CustomerForm(request.POST), subject, words)
        return render(request, PAGE, {"page": page}, status=409)
    if subject.is_known:
        messages.success(request, _("The customer was erased."))
    return redirect("privacy")
