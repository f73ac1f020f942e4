"""The catalogue of translations: what the source says, what the catalogue has, and the compiled
file.
"""
