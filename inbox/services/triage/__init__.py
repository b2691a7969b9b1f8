"""What the desk decides about conversations: assigned, snoozed, closed, tagged."""
