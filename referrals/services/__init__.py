"""Writing introductions, one module per noun.

Every service is one transaction and is handed the clock.
"""
