"""Date formats for German, used in templates as `|date:"MOMENT"`."""

DAY = "j. N"
FULL_DAY = "j. N Y"
MOMENT = "j. N, H:i"
FULL_MOMENT = "j. N Y, H:i"
WEEKDAY_MOMENT = "D., j. N, H:i"
