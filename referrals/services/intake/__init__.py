"""Messages and files of other systems."""
