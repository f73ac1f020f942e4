"""People, customer organizations, staff teams, invitations, rights, privacy."""
