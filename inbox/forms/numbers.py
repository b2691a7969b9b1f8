"""Row numbers in URLs and forms."""

# Digits of a bigint column; Python itself refuses to parse thousands of digits.
LONGEST = 19
LARGEST = 2**63 - 1


def is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST


def clamp(number: int) -> int:
    """The number, or the nearest that a row may have."""
    return max(0, min(number, LARGEST))
