"""All figures of reports by their names, and all rows that figures count."""

from inbox.services.insight import (
    canned_figures,
    delivery_figures,
    message_figures,
    resolution_figures,
    wait_figures,
)

METRICS = {
    one.name: one
    for module in (
        wait_figures,
        message_figures,
        delivery_figures,
        resolution_figures,
        canned_figures,
    )
    for one in module.METRICS
}
ROWS = {one.name: one for one in wait_figures.ROWS} | {
    one.rows.name: one.rows for one in METRICS.values()
}
