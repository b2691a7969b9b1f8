"""What pages are made of: read for one Viewer, as typed values that templates show."""
