"""A QR code as the path of an SVG."""

from dataclasses import dataclass

from qrcode import QRCode


@dataclass(frozen=True)
class QrCode:
    """`size` in modules; `path` draws the dark ones, each 1 by 1."""

    size: int
    path: str


def draw_qr_code(text: str) -> QrCode:
    code = QRCode(border=0)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return QrCode(len(rows), path)
