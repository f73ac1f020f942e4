"""The demo's turns."""
