"""Date formats for Spanish, used in templates as `|date:"MOMENT"`."""

DAY = "j b"
FULL_DAY = "j b Y"
MOMENT = "j b, H:i"
FULL_MOMENT = "j b Y, H:i"
WEEKDAY_MOMENT = "D, j b, H:i"
