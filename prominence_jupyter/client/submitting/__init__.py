"""What makes jobs: each submission once, whatever happens to its answer."""
