"""Records of jobs to columns of values: what `usage.frames` is made of."""
