"""The flywheel: turns that link a customer's post to everything it led to, and metrics over
turns.
"""
