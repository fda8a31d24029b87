"""The process that runs jobs. It stays small: it imports neither tornado nor jwt."""
