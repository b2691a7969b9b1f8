"""A Mirakl to run against: WSGI, in memory, three demo marketplaces, every role.

It shares no code with `inbox.mirakl` on purpose: two readers of one contract catch each
other's mistakes. What Mirakl leaves undocumented is decided here, and said where it is decided.
"""
