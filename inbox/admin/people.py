"""Admin of users, their groups, and each group's access to marketplaces.

Staff who may edit users or groups cannot grant more rights than they have. Users and groups with
more rights can be edited by superusers only.
"""

from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from inbox.forms.access import AccessFormSet
from inbox.forms.people_admin import PasswordAdminForm, PersonAdminForm
from inbox.forms.profile import language_choices, zone_choices
from inbox.models import Access, GroupPolicy, User
from inbox.services.people import activation, factors
from inbox.services.people.rights import Rights, groups_within, leaves_an_admin


def _rights(request: HttpRequest) -> Rights:
    """The rights of the user who is signed in to the administration."""
    return Rights.of_user(request.user) if request.user.is_authenticated else Rights()


class AccessInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Access
    extra = 1
    verbose_name_plural = _("access")
    formset = AccessFormSet

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.rights = _rights(request)
        return formset


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    demands_factor = forms.BooleanField(label=_("demands a second step at login"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        policy = GroupPolicy.objects.filter(group=self.instance.pk).first()
        self.fields["demands_factor"].initial = bool(policy and policy.demands_factor)


RIGHTS = _("Admin permissions")
# Users change these themselves on their settings page, too.
SETTINGS = (
    *("language", "time_zone", "theme", "density"),
    *("undo_seconds", "has_shortcuts", "after_sending"),
)


def _but_rights(fieldsets: Any, request: HttpRequest) -> Any:
    """Only superusers see and grant rights in the administration."""
    return [one for one in fieldsets if request.user.is_superuser or one[0] != RIGHTS]


admin.site.unregister(Group)
# Second steps are their owners' own; People removes those of somebody who has lost them.
admin.site.unregister((Authenticator, EmailAddress))


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    form = GroupForm
    inlines = [AccessInline]
    list_display = ["name", "members", "places"]
    readonly_fields = ["members"]
    fieldsets = [
        (None, {"fields": ["name", "members", "demands_factor"]}),
        (RIGHTS, {"fields": ["permissions"], "classes": ["collapse"]}),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return _but_rights(super().get_fieldsets(request, obj), request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._is_within(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_within(request, obj)

    def _is_within(self, request: HttpRequest, group: Group | None) -> bool:
        return group is None or _rights(request).cover(Rights.of_group(group))

    def save_model(self, request: HttpRequest, obj: Group, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "demands_factor" in form.changed_data:
            demands = {"demands_factor": form.cleaned_data["demands_factor"]}
            GroupPolicy.objects.update_or_create(group=obj, defaults=demands)

    @admin.display(description=_("people"))
    def members(self, group: Group) -> str:
        return ", ".join(person.display_name for person in group.user_set.all()) or "–"

    @admin.display(description=_("marketplaces"))
    def places(self, group: Group) -> str:
        granted = group.access.all()
        return ", ".join(f"{one.marketplace} ({one.get_role_display()})" for one in granted) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).prefetch_related("user_set", "access__marketplace")


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    list_display = ["username", "first_name", "last_name", "email", "teams", "is_active"]
    list_filter = ["is_active", "is_superuser", "groups"]
    form = PersonAdminForm
    change_password_form = PasswordAdminForm
    readonly_fields = ["describe_password", "last_login", "date_joined"]
    actions = ["remove_factors"]
    fieldsets = [
        (None, {"fields": ["username", "describe_password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Work"), {"fields": ["groups", "is_active"]}),
        (_("Settings"), {"fields": SETTINGS, "classes": ["collapse"]}),
        (
            RIGHTS,
            {"fields": ["is_staff", "is_superuser", "user_permissions"], "classes": ["collapse"]},
        ),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    @admin.display(description=_("password"))
    def describe_password(self, user: User) -> str:
        url = reverse("admin:auth_user_password_change", args=[user.pk])
        words = gettext("Change it") if user.has_usable_password() else gettext("Set one")
        return format_html('<a href="{}">{}</a>', url, words)

    @admin.action(description=_("Remove second steps at login"), permissions=["change"])
    def remove_factors(self, request: HttpRequest, people: QuerySet[User]) -> None:
        within = [one for one in people if self.has_change_permission(request, one)]
        for person in within:
            factors.remove_all(person, by=cast(User, request.user))
        words = ngettext(
            "The second steps of %(n)s person were removed.",
            "The second steps of %(n)s people were removed.",
            len(within),
        )
        self.message_user(request, words % {"n": len(within)})

    @admin.display(description=_("groups"))
    def teams(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        people = super().get_queryset(request).prefetch_related("groups")
        return people if request.user.is_superuser else people.filter(is_superuser=False)

    def get_list_filter(self, request: HttpRequest) -> Any:
        names = super().get_list_filter(request)
        return names if request.user.is_superuser else [n for n in names if n != "is_superuser"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return _but_rights(super().get_fieldsets(request, obj), request)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        offered = {"language": language_choices, "time_zone": zone_choices}
        if choices := offered.get(db_field.name):
            label = capfirst(db_field.verbose_name)
            return forms.ChoiceField(choices=choices, required=False, label=label)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = groups_within(_rights(request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.must_change_password = obj.has_usable_password()
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            activation.shut_out(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Covers the password too: setting it is enough to sign in as that user."""
        return super().has_change_permission(request, obj) and self._is_within(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._is_within(request, obj)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """The last admin is protected."""
        listed, counts, permissions, protected = super().get_deleted_objects(objs, request)
        if not leaves_an_admin(without={one.pk for one in objs}):
            protected = [*protected, gettext("the last admin who can log in")]
        return listed, counts, permissions, protected

    # The last admin stays locked until the others are deleted.
    @transaction.atomic
    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, extra_context)

    def _is_within(self, request: HttpRequest, user: User | None) -> bool:
        return user is None or _rights(request).cover(Rights.of_user(user))
