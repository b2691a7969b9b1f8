"""What an agent writes before it is sent: drafts, canned replies, warnings."""
