"""The benchmark: a generated data set, its own server, a bounded load, and ratios to a trivial
view.
"""
