"""Triggers that make the audit log append-only, and bind each entry to the one before.

An entry is inserted without a number. At the commit, under one lock, it gets the next number, the
hash of the entry before and its own hash: so the order is that of the commits, and writers who run
side by side never follow the same entry.
"""

import pgtrigger

# Raise this when `payload` changes: entries are checked by the version that they name.
VERSION = 1
# First half of the key of the lock under which entries are sealed.
SEALING = 7304
FIELDS = ("kind", "by", "address", "request", "target", "target_id", "details")
SEALS = ("number", "previous_hash", "hash", "version")


def payload(number: str, previous: str) -> str:
    """SQL for the bytes that an entry's hash is made of: each value with its length before it."""
    # The text of a moment would depend on the connection's time zone.
    at = "(extract(epoch FROM at) * 1000000)::bigint"
    values = [str(VERSION), number, f"encode({previous}, 'hex')", at, *FIELDS]
    texts = [f"({value})::text" for value in values]
    prefixed = [f"coalesce(octet_length({text}) || ':' || {text}, '-')" for text in texts]
    return f"convert_to({' || '.join(prefixed)}, 'UTF8')"


SEAL = f"""
    PERFORM pg_advisory_xact_lock({SEALING}, 0);
    SELECT number, hash INTO head FROM inbox_audithead;
    IF NOT FOUND THEN
        SELECT 0::bigint AS number, ''::bytea AS hash INTO head;
    END IF;
    UPDATE inbox_auditentry
    SET version = {VERSION}, number = head.number + 1, previous_hash = head.hash,
        hash = sha256({payload("head.number + 1", "head.hash")})
    WHERE id = NEW.id
    RETURNING number, hash INTO head;
    INSERT INTO inbox_audithead (id, number, hash) VALUES (1, head.number, head.hash)
    ON CONFLICT (id) DO UPDATE SET number = excluded.number, hash = excluded.hash;
    RETURN NULL;
"""  # noqa: S608  names of ours
CONTENT = f"ARRAY[{', '.join(repr(name) for name in SEALS)}]"
REFUSE_CHANGE = f"""
    IF OLD.number IS NOT NULL OR to_jsonb(NEW) - {CONTENT} <> to_jsonb(OLD) - {CONTENT} THEN
        RAISE EXCEPTION 'Entries of the audit log cannot be changed.';
    END IF;
    RETURN NEW;
"""
# Retention records first up to which number it deletes.
REFUSE_DELETION = """
    IF EXISTS (
        SELECT 1 FROM old_values
        WHERE number IS NULL OR number > coalesce(
            (SELECT max((details->>'through')::bigint) FROM inbox_auditentry WHERE kind = 'cut'), 0
        )
    ) THEN
        RAISE EXCEPTION 'Entries of the audit log cannot be deleted.';
    END IF;
    RETURN NULL;
"""
REFUSE_TRUNCATION = "RAISE EXCEPTION 'The audit log cannot be emptied.';"

AUDIT_TRIGGERS = [
    pgtrigger.Trigger(
        name="audit_sealed",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        declare=[("head", "RECORD")],
        func=SEAL,
    ),
    pgtrigger.Trigger(
        name="audit_not_changed",
        operation=pgtrigger.Update,
        when=pgtrigger.Before,
        func=REFUSE_CHANGE,
    ),
    pgtrigger.Composer(
        name="audit_not_deleted",
        operation=pgtrigger.Delete,
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        func=REFUSE_DELETION,
    ),
    pgtrigger.Trigger(
        name="audit_not_emptied",
        operation=pgtrigger.Truncate,
        when=pgtrigger.Before,
        level=pgtrigger.Statement,
        func=REFUSE_TRUNCATION,
    ),
]
