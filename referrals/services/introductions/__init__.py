"""Introductions: named, by sign-up, and what staff do with them."""
