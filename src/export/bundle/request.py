"""Turns requests into what model.onnx of this bundle is fed; the same as request.mjs. Needs numpy alone.

    encoder = RequestEncoder(encoding, vocabulary)   # encoding.json and vocabulary.json, read
    session.run(None, encoder.feeds(request))        # one request, or a list of them
"""

import datetime
import decimal
import math
import re

import numpy

MISSING, UNKNOWN, FIRST_VALUE = 0, 1, 2
TYPES = {"int32": numpy.int32, "float32": numpy.float32, "float64": numpy.float64}


class RequestEncoder:
    """Reads requests for one bundle."""

    def __init__(self, encoding, vocabulary):
        for part, name in ((encoding, "mmdin-encoding"), (vocabulary, "mmdin-vocabulary")):
            if part.get("format") != name or part.get("version") != 1:
                got = f"{part.get('format')}, version {part.get('version')}"
                raise ValueError(f"not a part of this bundle: expected {name}, version 1, got {got}")
        self.encoding = encoding
        self._items = {text: place for place, text in enumerate(vocabulary["items"]) if place > 0}
        self._users = {text: place for place, text in enumerate(vocabulary["users"]) if place > 0}
        self._codes = {
            of: {
                name: {text: code for code, text in enumerate(values, FIRST_VALUE)}
                for name, values in vocabulary[of].items()
            }
            for of in ("history", "context")
        }

    def feeds(self, given):
        """What the session is fed; shorter histories and lists of candidates are filled up."""
        requests = [self._read(request) for request in (given if isinstance(given, (list, tuple)) else [given])]
        sizes = {
            "B": len(requests),
            "T": max(1, *(len(request["steps"]) for request in requests), 1),
            "N": max(1, *(len(request["candidates"]) for request in requests), 1),
        }
        feeds = {}
        for spec in self.encoding["inputs"]:
            dims = [sizes[dim] if isinstance(dim, str) else dim for dim in spec["shape"]]
            rows = numpy.zeros([dims[0], int(numpy.prod(dims[1:]))], TYPES[spec["type"]])
            for row, request in zip(rows, requests):
                values = self._values(spec, request)
                row[: len(values)] = values
                # Index -1 of the history is no step; all else that fills up is not looked at.
                if spec["holds"] == "history":
                    row[len(values) :] = -1
                elif spec["holds"] == "historyTime" or (spec["holds"] == "historyFeature" and spec["kind"] == "number"):
                    row[len(values) :] = math.nan
            feeds[spec["name"]] = rows.reshape(dims)
        return feeds

    def _values(self, spec, request):
        holds, given, steps = spec["holds"], request["given"], request["steps"]
        statistics = given.get("statistics") or {}
        averaged = self.encoding["averaged"]
        if holds == "candidates":
            return [self._items.get(item, 0) for item in request["candidates"]]
        if holds == "history":
            return [self._items.get(step["item"], 0) for step in steps]
        if holds == "historyTime":
            return [math.nan if step["time"] is None else step["time"] for step in steps]
        if holds == "time":
            return [request["now"]]
        if holds == "historyFeature":
            return [self._feature("history", spec, step["features"].get(spec["feature"])) for step in steps]
        if holds == "contextFeature":
            return [self._feature("context", spec, (given.get("context") or {}).get(spec["feature"]))]
        if holds == "user":
            user = given.get("user")
            return [0 if user is None else self._users.get(_text(user), 0)]
        if holds == "userCounters":
            return _counters(statistics.get("user") or request["counted"], averaged["user"])
        if holds == "itemCounters":
            items = statistics.get("items") or {}
            return [n for item in request["candidates"] for n in _counters(items.get(item), averaged["item"])]
        raise ValueError(f"model.onnx has an input that this file does not know: {spec['name']}")

    def _feature(self, of, spec, value):
        if spec["kind"] == "number":
            return _number(value, dates=True)
        if value is None or value == "":
            return MISSING
        return self._codes[of].get(spec["feature"], {}).get(_text(value), UNKNOWN)

    def _read(self, given):
        """Ids as text, times as seconds, steps before the moment of asking, oldest first, the last ones."""
        history = self.encoding["history"]
        steps = [
            {
                "item": _text(step["item"]),
                "time": None if step.get("time") is None else _seconds(step["time"]),
                "label": None if step.get("label") is None else int(step["label"]),
                "features": step.get("features") or {},
            }
            for step in given["history"]
        ]
        if all(step["time"] is not None for step in steps):
            # Ids of equal times in the order of JavaScript: by UTF-16.
            steps.sort(key=lambda step: (step["time"], step["item"].encode("utf-16-be", "surrogatepass")))
        latest = max([self.encoding["lastTime"], *(step["time"] for step in steps if step["time"] is not None)])
        now = latest + 1 if given.get("time") is None else _seconds(given["time"])
        earlier = [step for step in steps if step["time"] is None or step["time"] < now]
        read = [step for step in earlier if history["read"] == "all" or step["label"] in (None, 1)]
        return {
            "given": given,
            "now": now,
            "candidates": [_text(item) for item in given["candidates"]],
            "steps": read[-history["length"] :],
            "counted": _count(earlier, self.encoding["averaged"]["user"], self.encoding["label"] == "implicit"),
        }


def ranked(request, probability, b=0):
    """The candidates of a request as (item, probability), the best first; b is its place among several."""
    rows = [(_text(item), float(p)) for item, p in zip(request["candidates"], probability[b])]
    return sorted(rows, key=lambda row: -row[1])


def _count(steps, averaged, implicit):
    """A person's counters over all earlier steps that carry a label."""
    counters = {"count": 0, "positives": 0, "means": {name: {"count": 0, "sum": 0.0} for name in averaged}}
    for step in steps:
        label = 1 if implicit else step["label"]
        if label is None:
            continue
        counters["count"] += 1
        counters["positives"] += label
        for name in averaged:
            value = _number(step["features"].get(name))
            if not math.isnan(value):
                counters["means"][name]["count"] += 1
                counters["means"][name]["sum"] += value
    return counters


def _counters(counters, averaged):
    """count, positives, number and sum of each averaged column; -1: the model takes its own."""
    if counters is None:
        return [-1] * (2 + 2 * len(averaged))
    means = counters.get("means") or {}
    sums = [n for name in averaged for n in (means.get(name, {}).get("count", 0), means.get(name, {}).get("sum", 0))]
    return [counters["count"], counters["positives"], *sums]


def _text(value):
    """A value as JavaScript writes it: 4.0 is "4", true is "true"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(_text(part) for part in value)
    if not isinstance(value, (int, float)):
        return str(value)
    size = abs(value)
    if value == int(value) and size < 1e21:
        return str(int(value))
    if 1e-7 <= size < 1e21:
        return format(decimal.Decimal(repr(float(value))), "f")
    digits, _, exponent = format(decimal.Decimal(repr(float(value))).normalize(), "e").partition("e")
    return f"{digits}e{int(exponent):+d}"


def _seconds(time):
    """Seconds since 1970 (UTC): numbers of 1e11 and more are milliseconds, text is ISO 8601, UTC where it names no zone."""
    if isinstance(time, (int, float)):
        return time / 1000 if time >= 1e11 else time
    return _moment(time)


def _moment(text):
    moment = datetime.datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text.strip()))
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
    return round(zoned.timestamp() * 1000) / 1000


def _number(value, dates=False):
    """A feature as a number, NaN where it is missing or none; with dates, a date is its seconds since 1970."""
    if value is None or value == "":
        return math.nan
    if isinstance(value, (bool, int, float)):
        return float(value)
    if not isinstance(value, str):
        return math.nan
    text = value.strip()
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", text):
        return float(text)
    if dates and re.match(r"\d{4}-\d\d", text):
        try:
            return _moment(text)
        except ValueError:
            return math.nan
    return math.nan
