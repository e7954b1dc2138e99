"""The pages of a run: each shows a view and, where there is one, a frame."""

PAGES = ("overview", "samples", "ladder", "graph", "log")
