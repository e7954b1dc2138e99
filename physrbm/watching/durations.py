"""Times as people read them."""


def duration(seconds: float) -> str:
    """As in 3h05m, 12m30s or 4 s; empty where unknown."""
    if not 0 <= seconds < 1e9:
        return ""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m{whole % 60:02}s" if minutes else f"{whole} s"
