"""Numbers of rows, as they stand in addresses and forms."""

# Those of a bigint column; Python itself refuses to read some thousands of digits.
LONGEST = 19


def is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST
