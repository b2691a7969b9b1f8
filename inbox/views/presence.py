"""Presence: heartbeats of open pages, answered with the other users there."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from inbox.access import get_thread
from inbox.htmx import DeskRequest, wants_fragment
from inbox.pages.presence import others
from inbox.services.people import presence as service


class PresenceForm(forms.Form):
    state = forms.ChoiceField(choices=[(state, state) for state in service.STATES])
    # The users that the page shows already.
    shown = forms.CharField(required=False)


@require_http_methods(["GET", "POST"])
def presence(request: DeskRequest, marketplace: str, thread_id: str) -> HttpResponse:
    """A GET only asks who is there: the live channel knows what this page's user does."""
    thread = get_thread(request, marketplace, thread_id)
    if request.method == "GET":
        context = {"others": others(request.viewer, thread)}
        return render(request, "inbox/_present.html", context)
    form = PresenceForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=204)
    service.record_presence(thread, request.user, form.cleaned_data["state"])
    if form.cleaned_data["state"] == service.GONE:
        # A redirect to the thread would count as a new visit.
        return HttpResponse(status=204)
    if not wants_fragment(request):
        return redirect(thread)
    found = others(request.viewer, thread)
    if found.shown == form.cleaned_data["shown"]:
        return HttpResponse(status=204)
    return render(request, "inbox/_present.html", {"others": found})
