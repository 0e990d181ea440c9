"""Reads the dashboards as a test sees them: their panels, also those in folded rows, and their
queries with Grafana's variables filled in."""

import glob
import json
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.path.join(ROOT, "grafana", "dashboards")
# Prometheus makes these itself; the last one only with --enable-feature=extra-scrape-metrics.
OF_PROMETHEUS = {"up", "scrape_duration_seconds", "scrape_timeout_seconds"}
METRIC = re.compile(r"(?<![\w\"$])((?:mppsolar|process|scrape)_\w+|up)\b(?=\s*([{\[]|.|$))")
SELECTOR = re.compile(r"([a-zA-Z_]\w*)\{([^}]*)\}(\[[^\]]*\])?")


def all_dashboards():
    """Every dashboard by its file name."""
    found = {}
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.json"))):
        with open(path, encoding="utf-8") as file:
            found[os.path.basename(path)] = json.load(file)
    return found


def panels(dashboard):
    """Every panel that shows something, also of folded rows."""
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            yield from panel.get("panels") or []
        else:
            yield panel


def all_panels():
    """(file name, panel) of every panel."""
    return [(name, panel) for name, dashboard in all_dashboards().items()
            for panel in panels(dashboard)]


def all_queries():
    """(file name, panel, target) of every query."""
    return [(name, panel, target) for name, panel in all_panels()
            for target in panel.get("targets") or []]


def selectors(expression):
    """(metric, its matchers, its range or None) of every selector with braces."""
    return [(metric, matchers, time[1:-1] if time else None)
            for metric, matchers, time in SELECTOR.findall(expression)]


def metrics_of(expression):
    """The names of all metrics of an expression, with braces or without."""
    # A label's value, and the labels after by (...) and on (...), are no metrics.
    bare = re.sub(r'"[^"]*"', '""', expression)
    return {name for name, _ in METRIC.findall(bare)}


def filled(expression, inverter=".+", time="1d", rate="1m"):
    """An expression as Grafana would send it."""
    seconds = {"m": 60, "h": 3600, "d": 86400}[time[-1]] * int(time[:-1])
    for name, value in {"$__rate_interval": rate, "$__range_s": str(seconds), "$__range": time,
                        "$__interval": "1m", "$job": ".+", "$instance": ".+",
                        "$inverter": inverter}.items():
        expression = expression.replace(name, value)
    return expression
