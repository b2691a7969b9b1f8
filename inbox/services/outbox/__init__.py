"""Rows -> Mirakl: replies are queued, delivered once, and searched for if unconfirmed."""
