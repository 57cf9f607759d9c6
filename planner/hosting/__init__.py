"""The wizard for a team: server and sign-in gate."""
