"""What the company puts on pages of its own: hazumi.js for its marketing site, <hazumi-share> for
its product.
"""
