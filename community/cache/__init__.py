"""Cached HTML fragments of the community."""
