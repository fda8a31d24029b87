"""Records of jobs as DataFrames. pandas loads with this folder; the package root imports it when first used."""

from prominence_jupyter.usage.frames import jobs_frame, tasks_frame

__all__ = ["jobs_frame", "tasks_frame"]
