"""The typed client of the REST API. `http.transport` alone speaks HTTP to a service."""
