"""Logging in at an identity provider: the device flow of OpenID Connect, as the official client does it."""
