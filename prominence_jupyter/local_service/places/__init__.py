"""Where the service and its jobs are on this machine: folders, their locks, and who is there."""
