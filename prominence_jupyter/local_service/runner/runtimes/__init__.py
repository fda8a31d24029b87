"""What runs the tasks of jobs: a container system of this machine, or the machine itself."""
