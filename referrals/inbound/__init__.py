"""Parsing inbound systems' messages: signature checks, and one module per system that extracts
records.
"""
