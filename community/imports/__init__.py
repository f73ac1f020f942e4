"""Importers of conversations from other systems: original ids and dates are kept, nothing is
imported twice.
"""
