"""The columns of a thread that lists read."""

# The columns that a row of a list shows, but for the marketplace's.
IN_ROWS = (
    *("marketplace_id", "mirakl_id", "status", "snoozed_until", "preview", "has_attachments"),
    *("topic_type", "topic_value", "entities", "entity_type", "entity_id", "message_count"),
    *("customer_name", "shop_name", "organization_name", "authorized_participants"),
    *("current_participants", "last_message_at", "last_sender_type", "last_sender_name"),
    *("last_sender_is_ours", "no_store_reply_needed", "shop_reply_needed_since"),
    *("waiting_since", "due_at", "reply_minutes"),
    *("assignee", "assignee__first_name", "assignee__last_name", "assignee__username"),
)
# Columns of a thread that no page with rows reads.
NOT_IN_ROWS = (*("search", "search_names", "search_text", "answer_digest", "began_at", "began_by"),)
