"""A simulated Mirakl: WSGI, in memory, three demo marketplaces, every role.

The sandbox shares no code with `inbox.mirakl` on purpose: two implementations of one contract find
each other's mistakes. If Mirakl's documents leave a point open, the module that decides it says so.
"""
