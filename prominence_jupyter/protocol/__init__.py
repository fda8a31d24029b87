"""What crosses the wire, in the standard library only: shared by the client and the local service."""
