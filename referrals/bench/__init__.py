"""The benchmark of the redirect."""
