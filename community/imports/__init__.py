"""Bringing conversations from elsewhere: rows with the ids they had there, facts with their own
dates, nothing twice.
"""
