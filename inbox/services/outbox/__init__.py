"""Rows -> Mirakl: queued, delivered once, looked for where nobody confirmed them."""
