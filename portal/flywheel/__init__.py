"""The whole loop: turns that join one voice to all that came of it, and the numbers made of
turns.
"""
