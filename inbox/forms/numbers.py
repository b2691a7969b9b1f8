"""Row numbers in URLs and forms."""

# Digits of a bigint column; Python itself refuses to parse thousands of digits.
LONGEST = 19


def is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST
