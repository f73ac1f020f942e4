"""The translation catalogue: source strings, translations, and the compiled file."""
