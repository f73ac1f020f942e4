"""Production settings of the web server.

The rest is in README, "Production".
"""
