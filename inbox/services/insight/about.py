"""Figures that are not exact."""


class About(float):
    """A figure that is close to the exact one. Shown with `≈`."""
