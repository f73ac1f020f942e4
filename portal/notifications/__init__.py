"""Telling people what concerns them, on the page and by mail, as often as each of them wants."""
