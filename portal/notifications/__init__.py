"""Notifications, on the page and by mail, as often as each user wants."""
