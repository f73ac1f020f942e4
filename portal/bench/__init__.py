"""The benchmark: a generated set, a server of its own, a bounded load, and a table of ratios to a
trivial view.
"""
