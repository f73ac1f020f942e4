"""The demo's signals and what staff made of them."""
