"""The typed client of the REST API. `http.transport` is the only module of the package that speaks HTTP to a service."""
