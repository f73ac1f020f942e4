"""Pure rules of the community; no database."""
