"""The typed client of the REST API. `transport` is the only module of the package that speaks HTTP to a service."""
