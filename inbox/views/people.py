"""The directory of people: for administrators all of them, for leads those of their teams."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from inbox.forms.people import HandOverForm, NamesForm, RolesForm, TeamsForm
from inbox.htmx import DeskRequest, render_page
from inbox.models import Marketplace, User
from inbox.pages import people as pages
from inbox.pages.people import HandOverPage, PersonPage
from inbox.services.people import account_mails, activation, directory, invitations, teams
from inbox.services.people.rights import rights_to_give
from inbox.services.triage import bulk, hand_over
from inbox.views.bulk import SESSION, go_on

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def list_people(request: DeskRequest) -> HttpResponse:
    require_editor(request)
    shows_inactive = request.GET.get("show") == "inactive"
    page = pages.people_page(request.viewer, q=request.GET.get("q", ""), is_inactive=shows_inactive)
    return render_page(request, "inbox/people/list.html", {"page": page}, partial="rows")


@require_safe
def person(request: DeskRequest, pk: int) -> HttpResponse:
    return show(request, get_person(request, pk))


@require_POST
def names(request: DeskRequest, pk: int) -> HttpResponse:
    """Only for managers: who may change a mail address may take over the account."""
    current = get_editable(request, pk)
    if not directory.may_manage_people(request.user):
        raise PermissionDenied
    form = NamesForm(request.POST, instance=current)
    if not form.is_valid():
        return show(request, get_person(request, pk), names=form)
    form.save()
    return told(request, current, _("Saved."))


@require_POST
def set_teams(request: DeskRequest, pk: int) -> HttpResponse:
    current = get_editable(request, pk)
    offered = directory.find_editable_teams(request.user)
    form = TeamsForm(request.POST, person=current, offered=offered)
    if not form.is_valid():
        return show(request, current, teams=form)
    form.save()
    return told(request, current, _("Groups were saved."))


@require_POST
def set_roles(request: DeskRequest, pk: int) -> HttpResponse:
    current = get_editable(request, pk)
    form = roles_form(request, current)
    if not form.is_valid():
        return show(request, current, roles=form)
    for held, role in form.changes:
        teams.set_role(current, held.marketplace, role)
    return told(request, current, _("Roles were saved."))


@require_POST
def deactivate(request: DeskRequest, pk: int) -> HttpResponse:
    """Then what is theirs is handed over, if there is any."""
    current = get_editable(request, pk)
    try:
        activation.deactivate(current, by=request.user)
    except activation.NotDeactivated as refused:
        return show(request, current, trouble=str(refused))
    messages.success(request, _("%s can no longer log in.") % current.display_name)
    has_any = hand_over.count_belongings(current, by=request.user)
    return redirect("person-hand-over" if has_any else "person", pk)


@require_POST
def activate(request: DeskRequest, pk: int) -> HttpResponse:
    current = get_editable(request, pk)
    activation.activate(current)
    return told(request, current, _("%s can log in again.") % current.display_name)


@require_http_methods(FORM_METHODS)
def give_away(request: DeskRequest, pk: int) -> HttpResponse:
    """What is theirs, with counts; POST moves or ends it. Conversations can be undone."""
    current = get_editable(request, pk)
    counts = hand_over.count_belongings(current, by=request.user)
    answerable = Marketplace.objects.answerable_by(request.user)
    form = HandOverForm(
        request.POST or None, counts=counts, people=answerable.answerers().exclude(pk=pk)
    )
    if request.method == "POST" and form.is_valid():
        to = form.cleaned_data["to"]
        change = hand_over.hand_over(current, form.actions, to=to, by=request.user)
        if change:
            request.session[SESSION.format(change.pk)] = reverse("person", args=[pk])
            return go_on(request, bulk.step(change))
        return told(request, current, _("Done."))
    assigned = hand_over.count_assigned(current, by=request.user)
    page = HandOverPage(current, form, assigned, counts)
    status = 422 if request.method == "POST" else 200
    return render(request, "inbox/people/hand_over.html", {"page": page}, status=status)


def show(
    request: DeskRequest, current: User, *, trouble: str = "", **given: object
) -> HttpResponse:
    """The person's page, with the form that was not accepted."""
    viewer = request.viewer
    is_editable = directory.find_editable(request.user).filter(pk=current.pk).exists()
    manages = directory.may_manage_people(request.user)
    shown = pages.find_person(viewer, current.pk) or current
    offered = directory.find_editable_teams(request.user)
    forms: dict[str, object] = {
        "teams": TeamsForm(person=shown, offered=offered) if offered else None,
        "names": NamesForm(instance=shown) if manages else None,
        "roles": roles_form(request, shown, is_bound=False),
        **given,
    }
    page = PersonPage(
        shown,
        pages.person_row(shown),
        forms if is_editable else {},
        belongings=sum(hand_over.count_belongings(current, by=request.user).values()),
        is_editable=is_editable,
        is_self=current == request.user,
        may_open_admin=manages and request.user.is_staff,
        may_invite=invitations.may_be_invited(shown) and directory.may_invite(request.user),
        sends_mail=account_mails.are_sent(),
        trouble=trouble,
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "inbox/people/person.html", {"page": page}, status=status)


def roles_form(request: DeskRequest, current: User, *, is_bound: bool = True) -> RolesForm:
    held = teams.find_roles(current, pages.marketplaces_to_give(request.viewer))
    rights = rights_to_give(request.user)
    return RolesForm(request.POST if is_bound else None, held=held, rights=rights)


def told(request: DeskRequest, current: User, words: str) -> HttpResponse:
    """Back to the person, whom a lead may have taken out of all their teams."""
    messages.success(request, words)
    if pages.find_person(request.viewer, current.pk) is None:
        return redirect("people")
    return redirect("person", current.pk)


def require_editor(request: DeskRequest) -> None:
    if not pages.may_open(request.viewer):
        raise Http404


def get_person(request: DeskRequest, pk: int) -> User:
    require_editor(request)
    found = pages.find_person(request.viewer, pk)
    if found is None:
        raise Http404
    return found


def get_editable(request: DeskRequest, pk: int) -> User:
    """403 for people whom the user sees, but who have rights that the user could not give."""
    current = get_person(request, pk)
    if not directory.find_editable(request.user).filter(pk=pk).exists():
        raise PermissionDenied
    return current
