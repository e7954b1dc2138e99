"""Small widgets by the Line API: a pure function that draws, and a thin widget around it."""
