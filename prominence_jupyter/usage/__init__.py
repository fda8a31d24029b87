"""Records of jobs as DataFrames. pandas loads with this folder; the package root imports it when first used."""

from prominence_jupyter.usage.frames import both_frames, jobs_frame, tasks_frame
from prominence_jupyter.usage.reading.json_entries import read_entries
from prominence_jupyter.usage.reading.unreadable import UnreadableValues

__all__ = ["UnreadableValues", "both_frames", "jobs_frame", "read_entries", "tasks_frame"]
