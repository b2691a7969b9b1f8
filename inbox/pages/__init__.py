"""Pages as typed values: read for one Viewer, shown by templates."""
