"""The community's part of the demo: what customers of a workflow and accounting service asked in four months."""
