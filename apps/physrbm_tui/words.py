"""Numbers, durations and states as the monitor writes them."""

from math import isfinite

from rich.style import Style
from rich.text import Text

from physrbm.estimate import compact
from physrbm.watching import RunView, alarms, duration, likelihood, verdict
from physrbm_tui.look import Look

_MARKS = {"running": "▶", "done": "✔", "stalled": "‖", "stopped": "■", "failed": "✖", "died": "✖", "deleted": "✖"}
_PLAIN = {"running": ">", "done": "=", "stalled": "!", "stopped": "#", "failed": "X", "died": "X", "deleted": "X"}


def mark(state: str, look: Look) -> Text:
    """A state with its sign."""
    style = look.good if state in ("running", "done") else look.bad if state not in ("new", "stopped") else Style()
    return Text(f"{(_MARKS if look.unicode else _PLAIN).get(state, '?')} {state}", style)


def head(view: RunView, width: int, look: Look, paused: bool, past: int | None) -> Text:
    """The line at the top: name, state, how far, how long."""
    text = Text.assemble((f" {view.folder.name}  ", "bold"), mark(view.state, look), "  ")
    if view.updates:
        text.append(f"{view.update:,}/{view.updates:,} ")
        text.append(_bar(view.update / view.updates, 12, look), look.good)
    if view.state == "running" and view.update >= view.updates:
        text.append("  measuring the end")
    elif view.state == "running":
        text.append(f"  {view.rate:.3g}/s" if isfinite(view.rate) else "")
        text.append(f"  eta {duration(view.eta)}" if duration(view.eta) else "")
    if paused:
        text.append("  PAUSED", "bold")
    if past is not None:
        text.append(f"  AT UPDATE {past:,}  (End: now)", look.bad)
    text.truncate(width, overflow="ellipsis" if look.unicode else "crop")
    return text


def shown(view: RunView) -> list[str]:
    """Names of the series, those last that the last measurement did not have."""
    last = {name: s.update[-1] for name, s in view.series.items() if s.value.size}
    newest = max(last.values(), default=0)
    return sorted(last, key=lambda name: last[name] < newest)


def values(view: RunView, chosen: str, look: Look) -> Text:
    """The last value of every series, the chosen one marked."""
    rows = []
    names = shown(view)
    longest = max((len(name) for name in names), default=0)
    for name in names:
        s = view.series[name]
        sign = (">" if not look.unicode else "▸") if name == chosen else " "
        style = look.data(0) if name == chosen else Style()
        rows.append(Text.assemble((f"{sign} {name:<{longest}}  ", style), compact(s.value[-1], s.error[-1])))
    return Text("\n").join(rows) if rows else Text("no measurement yet", look.axis)


def judgement(view: RunView, look: Look) -> Text:
    """Alarms, how to go on, verdict, likelihood."""
    rows = [Text(f"{alarm.level}: {alarm.text}", look.bad) for alarm in alarms(view)]
    if view.reason and view.state not in ("stalled", "died", "failed", "deleted", "damaged", "unreadable"):
        rows.append(Text(view.reason))
    if view.resume:
        rows.append(Text(f"go on: {view.resume}", "bold"))
    rows += [Text(line) for line in (verdict(view), likelihood(view)) if line]
    return Text("\n").join(rows) if rows else Text("nothing to say yet", look.axis)


def _bar(share: float, width: int, look: Look) -> str:
    full, half, empty = ("━", "╸", "─") if look.unicode else ("#", "#", "-")
    done = max(0.0, min(1.0, share)) * width
    whole = int(done)
    return (
        full * whole
        + (half if done - whole >= 0.5 and whole < width else "")
        + empty * (width - whole - (1 if done - whole >= 0.5 and whole < width else 0))
    )
