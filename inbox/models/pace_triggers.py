"""Sets how long an answer will take, whoever stores a thread or changes its topic."""

import pgtrigger

# Of a topic of which little is known.
USUAL_MINUTES = 5

PACE_TRIGGERS = [
    pgtrigger.Trigger(
        name="pace_of_topic",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("topic_value"),  # type: ignore[no-untyped-call]
        func=f"""
        NEW.reply_minutes = coalesce(
            (
                SELECT minutes FROM inbox_topicpace
                WHERE marketplace_id = NEW.marketplace_id AND topic = NEW.topic_value
            ),
            {USUAL_MINUTES}
        );
        RETURN NEW;
        """,  # noqa: S608  a number of ours
    )
]
