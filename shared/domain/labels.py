"""Labels by which people tell the service something on a merge request. The webhook needs them: nothing is imported."""

DELETE = "aic::delete"
"""Merging may take pipelines out of Git."""
