"""Date formats for English, used in templates as `|date:"MOMENT"`."""

DAY = "j M"
FULL_DAY = "j M Y"
MOMENT = "j M, H:i"
FULL_MOMENT = "j M Y, H:i"
WEEKDAY_MOMENT = "D j M, H:i"
