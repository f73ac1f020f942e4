"""Services for introductions, one module per noun.

Every service is one transaction and takes `now` as an argument.
"""
