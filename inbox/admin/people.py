"""Who works here: people, their groups, and where each group may read and write."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from inbox.models import Access
from inbox.models.people import called


class AccessInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Access
    extra = 1
    verbose_name_plural = _("who may work here")


admin.site.unregister([Group, User])


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    inlines = [AccessInline]
    list_display = ["name", "members", "places"]
    readonly_fields = ["members"]
    fieldsets = [
        (None, {"fields": ["name", "members"]}),
        (_("Rights in this administration"), {"fields": ["permissions"], "classes": ["collapse"]}),
    ]

    @admin.display(description=_("people"))
    def members(self, group: Group) -> str:
        return ", ".join(called(person) for person in group.user_set.all()) or "–"

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
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (_("Work"), {"fields": ["groups", "is_active"]}),
        (
            _("Rights in this administration"),
            {"fields": ["is_staff", "is_superuser", "user_permissions"], "classes": ["collapse"]},
        ),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    @admin.display(description=_("groups"))
    def teams(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")
