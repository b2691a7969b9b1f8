import re

from django.urls import path, register_converter

from inbox.views import (
    attachments,
    audit,
    bulk,
    canned,
    connections,
    customers,
    documents,
    draft_files,
    drafts,
    files,
    history,
    inbox,
    invitations,
    legacy,
    live,
    messages,
    new_thread_start,
    new_threads,
    notes,
    notifications,
    order_panel,
    order_parts,
    orders,
    outbox,
    people,
    presence,
    privacy,
    profile,
    quality,
    related,
    replies,
    reports,
    saved_reports,
    saved_views,
    search,
    set_up,
    shop_league,
    sign_in,
    system,
    teams,
    thanks,
    threads,
    triage,
)


class Int64:
    """Mirakl's document numbers: its schema rules out no sign."""

    regex = "-?[0-9]{1,19}"
    to_python = int
    to_url = str


class Opaque:
    """A Mirakl id as one path segment, with any content: `a/b` is `a~2Fb`.

    Browsers and proxies normalise slashes and dots, escaped or not.
    """

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        return re.sub("~(2E|2F|5C|7E)", lambda found: chr(int(found[1], 16)), value)

    def to_url(self, value: str) -> str:
        odd = r"[/\\~]" if value.strip(".") else r"\."
        return re.sub(odd, lambda found: f"~{ord(found[0]):02X}", value)


register_converter(Int64, "int64")
register_converter(Opaque, "opaque")

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("search/", search.search, name="search"),
    path("bulk/", bulk.begin, name="bulk-new"),
    path("bulk/<int:pk>/", bulk.show, name="bulk"),
    path("bulk/<int:pk>/step/", bulk.step, name="bulk-step"),
    path("bulk/<int:pk>/undo/", bulk.undo, name="bulk-undo"),
    path("thanks/", thanks.thanks, name="thanks"),
    path("views/", saved_views.saved_views, name="saved-views"),
    path("views/new/", saved_views.save_view, name="saved-view-new"),
    path("views/<int:pk>/", saved_views.rename_view, name="saved-view"),
    path("views/<int:pk>/delete/", saved_views.delete_view, name="saved-view-delete"),
    path("reports/", reports.index, name="reports"),
    path("reports/spans.csv", reports.spans_csv, name="report-spans"),
    path("reports/rows/<slug:rows>/", reports.list_rows, name="report-rows"),
    path("reports/rows/<slug:rows>.csv", reports.export, {"kind": "csv"}, name="report-csv"),
    path("reports/rows/<slug:rows>.xlsx", reports.export, {"kind": "xlsx"}, name="report-xlsx"),
    path("reports/saved/", saved_reports.saved_reports, name="saved-reports"),
    path("reports/saved/<int:pk>/", saved_reports.rename_report, name="saved-report"),
    path("reports/saved/<int:pk>/mail/", saved_reports.mail_report, name="saved-report-mail"),
    path("reports/saved/<int:pk>/delete/", saved_reports.delete_report, name="saved-report-delete"),
    path("reports/<slug:page>/save/", saved_reports.save_report, name="saved-report-new"),
    path("reports/<slug:page>/", reports.report, name="report"),
    # What has changed since a page was read
    path("changes/", live.changes, name="changes"),
    path("changes/rows/", live.rows, name="changed-rows"),
    # Threads
    path("threads/<slug:marketplace>/<opaque:thread_id>/", threads.thread, name="thread"),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/panes/",
        threads.panes,
        name="thread-panes",
    ),
    path("threads/<slug:marketplace>/<opaque:thread_id>/now/", live.now, name="thread-now"),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/earlier/",
        threads.earlier,
        name="thread-earlier",
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/messages/<opaque:message_id>/",
        messages.message,
        name="message",
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/messages/<opaque:message_id>/original/",
        messages.original,
        name="message-original",
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/reply/",
        replies.reply_to,
        name="thread-reply",
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/related/<slug:block>/",
        related.related,
        name="thread-related",
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/draft/",
        drafts.save_draft,
        name="thread-draft",
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/presence/",
        presence.presence,
        name="thread-presence",
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/files/", files.of_thread, name="thread-files"
    ),
    path("threads/<slug:marketplace>/<opaque:thread_id>/notes/", notes.add, name="note-new"),
    path("notes/<int:pk>/", notes.edit, name="note"),
    path("notes/<int:pk>/delete/", notes.delete, name="note-delete"),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/assign/", triage.assign, name="thread-assign"
    ),
    path("threads/<slug:marketplace>/<opaque:thread_id>/close/", triage.close, name="thread-close"),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/reopen/", triage.reopen, name="thread-reopen"
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/snooze/", triage.snooze, name="thread-snooze"
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/unsnooze/",
        triage.unsnooze,
        name="thread-unsnooze",
    ),
    path("threads/<slug:marketplace>/<opaque:thread_id>/tags/", triage.tags, name="thread-tags"),
    path("threads/<slug:marketplace>/<opaque:thread_id>/undo/", triage.undo, name="thread-undo"),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/draft/files/",
        draft_files.attach,
        name="draft-files",
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/topic/",
        replies.topic,
        name="thread-topic",
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/canned/",
        canned.on_thread,
        name="thread-canned",
    ),
    path(
        "threads/<slug:marketplace>/<opaque:thread_id>/canned/insert/",
        canned.insert,
        name="thread-canned-insert",
    ),
    # New conversations; those on an order are below
    path("threads/new/", new_thread_start.start, name="threads-new"),
    path(
        "marketplaces/<slug:marketplace>/threads/new/",
        new_threads.with_operator,
        name="operator-thread-new",
    ),
    path(
        "service-orders/<slug:marketplace>/<path:order_id>/threads/new/",
        new_threads.on_service_order,
        name="service-order-thread-new",
    ),
    path(
        "service-orders/<slug:marketplace>/<path:order_id>/panel/",
        order_parts.service_order,
        name="service-order-panel",
    ),
    path(
        "services/<slug:marketplace>/<path:service_code>/threads/new/",
        new_threads.on_service,
        name="service-thread-new",
    ),
    # Replies
    path("replies/<uuid:token>/", outbox.show_reply, name="reply"),
    path("replies/<uuid:token>/toast/", outbox.toast, name="reply-toast"),
    path("replies/<uuid:token>/take-back/", outbox.take_back, name="reply-take-back"),
    path("replies/<uuid:token>/check/", outbox.check, name="reply-check"),
    path("replies/<uuid:token>/candidates/<int:pk>/is-it/", outbox.is_it, name="candidate-is-it"),
    path(
        "replies/<uuid:token>/candidates/<int:pk>/is-not/", outbox.is_not, name="candidate-is-not"
    ),
    path("replies/<uuid:token>/send-again/", outbox.send_again, name="reply-send-again"),
    path("replies/<uuid:token>/discard/", outbox.discard, name="reply-discard"),
    path("outbox/", outbox.list_trouble, name="outbox"),
    path("outbox/count/", outbox.count_trouble, name="outbox-count"),
    path("drafts/", drafts.list_drafts, name="drafts"),
    path("drafts/forms/", drafts.save_form_draft, name="form-draft"),
    path("drafts/forms/files/", draft_files.attach_to_form, name="form-draft-files"),
    path("drafts/files/<int:pk>/remove/", draft_files.remove, name="draft-file-remove"),
    # Canned replies
    path("canned/", canned.all_of_them, name="canned"),
    path("canned/new/", canned.new, name="canned-new"),
    path("canned/<int:pk>/", canned.edit, name="canned-edit"),
    path("canned/<int:pk>/delete/", canned.delete, name="canned-delete"),
    # Orders
    path(
        "orders/<slug:marketplace>/<path:order_id>/threads/new/",
        new_threads.on_order,
        name="thread-new",
    ),
    path("orders/<slug:marketplace>/<path:order_id>/files/", files.of_order, name="order-files"),
    path(
        "orders/<slug:marketplace>/<path:order_id>/panel/",
        order_panel.order_panel,
        name="order-panel",
    ),
    path(
        "orders/<slug:marketplace>/<path:order_id>/pictures/<int64:number>/",
        order_panel.picture,
        name="order-picture",
    ),
    path(
        "orders/<slug:marketplace>/<path:order_id>/documents/<int64:document_id>/",
        order_panel.document,
        name="document",
    ),
    path(
        "orders/<slug:marketplace>/<path:order_id>/documents/<int64:document_id>/take-back/",
        documents.take_back,
        name="document-take-back",
    ),
    path(
        "orders/<slug:marketplace>/<path:order_id>/documents/new/",
        documents.new,
        name="document-new",
    ),
    path(
        "orders/<slug:marketplace>/<path:order_id>/messages/new/",
        legacy.new_message,
        name="message-new",
    ),
    path(
        "orders/<slug:marketplace>/<path:order_id>/older/",
        legacy.of_order,
        name="order-older",
    ),
    path(
        "orders/<slug:marketplace>/<path:order_id>/parcels/",
        order_parts.parcels,
        name="order-parcels",
    ),
    path(
        "orders/<slug:marketplace>/<path:order_id>/events/",
        order_parts.events,
        name="order-events",
    ),
    path(
        "orders/<slug:marketplace>/<path:order_id>/returns/",
        order_parts.returns,
        name="order-returns",
    ),
    path(
        "orders/<slug:marketplace>/<path:order_id>/evaluation/",
        order_parts.evaluation,
        name="order-evaluation",
    ),
    # Last, because some marketplaces have slashes in their order numbers.
    path("orders/<slug:marketplace>/<path:order_id>/", orders.order, name="order"),
    # A storefront's customers
    path("customers/<slug:marketplace>/", customers.choose, name="customers"),
    path(
        "customers/<slug:marketplace>/<path:customer_id>/",
        customers.customer,
        name="customer",
    ),
    # Legacy order messages, without threads
    path("legacy/<slug:marketplace>/messages/", legacy.messages, name="legacy-messages"),
    # Files
    path(
        "attachments/<slug:marketplace>/<opaque:attachment_id>/",
        attachments.attachment,
        name="attachment",
    ),
    # Marketplaces
    path("marketplaces/<slug:marketplace>/", connections.marketplace, name="marketplace"),
    path(
        "marketplaces/<slug:marketplace>/account/",
        connections.account,
        name="marketplace-account",
    ),
    path(
        "marketplaces/<slug:marketplace>/figures/",
        connections.figures,
        name="marketplace-figures",
    ),
    path(
        "marketplaces/<slug:marketplace>/channels/",
        connections.channels,
        name="marketplace-channels",
    ),
    path("marketplaces/<slug:marketplace>/shops/", connections.shops, name="marketplace-shops"),
    path("marketplaces/<slug:marketplace>/history/", history.history, name="history"),
    path("connections/", set_up.list_connections, name="connections"),
    path("connections/new/", set_up.new, name="connection-new"),
    path("connections/<slug:marketplace>/", set_up.show, name="connection"),
    path("connections/<slug:marketplace>/address/", set_up.address, name="connection-address"),
    path(
        "connections/<slug:marketplace>/credentials/",
        set_up.credentials,
        name="connection-credentials",
    ),
    path("connections/<slug:marketplace>/test/", set_up.test, name="connection-test"),
    path("connections/<slug:marketplace>/people/", set_up.people, name="connection-people"),
    path("connections/<slug:marketplace>/switch/", set_up.switch, name="connection-switch"),
    # People
    path("people/", people.list_people, name="people"),
    path("people/new/", invitations.new, name="person-new"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/names/", people.names, name="person-names"),
    path("people/<int:pk>/groups/", people.set_teams, name="person-teams"),
    path("people/<int:pk>/roles/", people.set_roles, name="person-roles"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="person-deactivate"),
    path("people/<int:pk>/activate/", people.activate, name="person-activate"),
    path("people/<int:pk>/invite/", invitations.invite_again, name="person-invite"),
    path("people/<int:pk>/invite/link/", invitations.show_link, name="person-link"),
    path("people/<int:pk>/hand-over/", people.give_away, name="person-hand-over"),
    path("people/groups/", teams.list_teams, name="teams"),
    path("people/groups/new/", teams.new, name="team-new"),
    path("people/groups/<int:pk>/", teams.edit, name="team"),
    path("quality/", quality.overview, name="quality"),
    path("quality/<slug:marketplace>/", quality.course, name="quality-course"),
    path("quality/<slug:marketplace>/shops/", shop_league.league, name="quality-shops"),
    path("quality/<slug:marketplace>/shops/waits/", shop_league.waits, name="quality-shop-waits"),
    path("quality/<slug:marketplace>/shops/nudge/", shop_league.nudge, name="quality-shops-nudge"),
    # The user's own settings
    path("profile/", profile.profile, name="profile"),
    path("profile/zone/", profile.zone, name="zone"),
    path("profile/sidebar/", profile.sidebar, name="sidebar"),
    path("notifications/", notifications.show_all, name="notifications"),
    path("notifications/bell/", notifications.bell, name="bell"),
    path("notifications/read/", notifications.read_all, name="notifications-read"),
    path("notifications/<int:pk>/", notifications.open_one, name="notification"),
    path("notifications/<int:pk>/read/", notifications.read, name="notification-read"),
    # The desk itself, for admins
    path("audit/", audit.log, name="audit"),
    path("audit/export/", audit.export, name="audit-export"),
    path("privacy/", privacy.overview, name="privacy"),
    path("privacy/export/", privacy.export, name="privacy-export"),
    path("privacy/erase/", privacy.erase, name="privacy-erase"),
    path("system/", system.overview, name="system"),
    path("system/sign-ins/unlock/", sign_in.unlock, name="sign-in-unlock"),
    path("system/replies/<uuid:token>/retry/", system.retry, name="system-retry"),
    path("system/replies/<uuid:token>/cancel/", system.cancel, name="system-cancel"),
]
