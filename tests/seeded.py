"""Order numbers of the sandbox's demo world, the same for any number of threads."""

# On Maison Verte, for the agent's own shop.
ORDER_WITHOUT_THREAD = "MV-1001-A"
ORDER_WITH_THREAD = "MV-1016-A"
OTHER_ORDER_WITH_THREAD = "MV-1017-A"
# On Bright Street.
BRIGHT_ORDER_WITHOUT_THREAD = "BS-1001-A"
# On no marketplace.
UNKNOWN_ORDER = "MV-0000-Z"
