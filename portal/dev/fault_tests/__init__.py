"""Fault test of the two delivery guarantees: kill -9 each process, restart only that, count what
was lost or doubled.
"""
