"""Understanding other systems: is it really them (signatures), and what facts does a message hold
(one module each).
"""
