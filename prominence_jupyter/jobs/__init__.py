"""Sessions with a service and the jobs in them, for use from Python; nothing here knows of notebooks."""
