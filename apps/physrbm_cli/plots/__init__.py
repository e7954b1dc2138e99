"""Pictures of a machine, one file a picture: `prepare` makes the arrays, `size` and `draw` put them on a page."""
