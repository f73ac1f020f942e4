"""Embeds for the company's own pages: hazumi.js for its marketing site, <hazumi-share> for its
product.
"""
