"""The access token and where it comes from."""
