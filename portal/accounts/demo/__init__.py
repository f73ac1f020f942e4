"""The demo's people and companies."""
