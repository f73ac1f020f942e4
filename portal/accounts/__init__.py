"""People, customer organizations, staff teams, invitations, permissions, privacy."""
