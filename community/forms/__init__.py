"""What people fill in. Every write names its fields; nothing else is read from a request."""
