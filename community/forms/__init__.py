"""Forms of the community. Every form names its fields; nothing else is read from a request."""
