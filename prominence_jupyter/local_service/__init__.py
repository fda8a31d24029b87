"""The local service: the same REST API on this machine, with jobs that really run.

Two processes. The *front* speaks HTTP; the *runner* starts, measures and ends the processes of jobs. They share one
SQLite file, and a socket by which the front wakes the runner. Each can die without the other. `control` starts, joins
and stops them.
"""
