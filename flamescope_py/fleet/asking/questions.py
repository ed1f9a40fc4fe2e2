"""The fixed questions about a collection, as Ibis expressions on its tables.

Every engine answers them with the same rows. They hold no text of a user but values to compare with. Sums
are 64-bit integers; `engines.Engine.run` casts those that an engine widens. Rows of matrices are in no order,
since an engine takes longer to sort them than to count.
"""

from __future__ import annotations

from typing import Any

import ibis

from flamescope_py.fleet import schema
from flamescope_py.fleet.asking.engines import WANTED
from flamescope_py.fleet.cut import VERSION, Cut
from flamescope_py.fleet.placing import MINUTE

Expression = Any
Table = Any


def _table(name: str) -> Table:
    columns = {field.name: str(field.type) for field in schema.SCHEMAS[name]}
    return ibis.table(columns, name=name)


SAMPLES, MINUTES = _table(schema.SAMPLES), _table(schema.MINUTES)
NODES, FRAMES, PROFILES = _table(schema.NODES), _table(schema.FRAMES), _table(schema.PROFILES)
FUNCTIONS, STACKS = _table(schema.FUNCTIONS), _table(schema.STACKS)
NODES_OF = ibis.table({"node": "int64"}, name=WANTED)


def profiles() -> Expression:
    """Return every ingested file with its labels, place in time and report.

    A file that was listed before it was placed has a row of each.
    """
    return PROFILES.order_by("service", "host", "start", "sha256", "placed")


def span() -> Expression:
    """Return the first and the last minute of all samples, in one row, null in an empty collection."""
    return MINUTES.aggregate(first=MINUTES.minute.min(), last=MINUTES.minute.max())


def kinds(cut: Cut) -> Expression:
    """Return the events of a cut by service: (service, event, unit, units, owner_level, samples)."""
    rows = _in_minutes(cut)
    counted = rows.group_by("profile", "service", "event").aggregate(samples=rows.samples.sum())
    facts = _placed().select("profile", "unit", "units", "owner_level")
    joined = counted.filter(counted.samples > 0).join(facts, "profile")
    keys = ("service", "event", "unit", "units", "owner_level")
    return joined.group_by(*keys).aggregate(samples=joined.samples.sum()).order_by(*keys)


def units() -> Expression:
    """Return what the profiles of each service count: (service, unit, units, owner_level)."""
    placed = _placed()
    return placed.select("service", "unit", "units", "owner_level").distinct()


def events(cut: Cut) -> Expression:
    """Return the events of a cut by service: (service, event, samples)."""
    rows = _in_minutes(cut)
    counted = rows.group_by("service", "event").aggregate(samples=rows.samples.sum())
    return counted.filter(counted.samples > 0)


def totals(cut: Cut, by: str) -> Expression:
    """Return one row for each host, service or version: (row, samples, idle, weight, busy_us, observed_us,
    windows)."""
    inner = _windows(cut, by, None)
    return _summed(inner, ["row"]).order_by("row")


def matrix(cut: Cut, by: str, step: int) -> Expression:
    """Return one row for each host, service or version and each step of time with samples or observed time.

    Columns as those of `totals`, and `column`, the number of the step from the start of the cut. `step` is a
    multiple of a minute in microseconds. `windows` counts the profiles behind a cell.
    """
    return _summed(_windows(cut, by, step), ["row", "column"])


def minute_matrix(cut: Cut, by: str) -> Expression:
    """Return the rows of `matrix` with steps of a minute. A profile has one row of an event in a minute."""
    if len(cut.events) > 1:
        return matrix(cut, by, MINUTE)
    rows = _minute_rows(cut, by)
    sums = {**_sums(rows), "observed_us": rows.observed_us.sum(), "windows": rows.windows.sum()}
    return rows.group_by("row", "column").aggregate(**sums)


def minute_rows(cut: Cut, by: str) -> Expression:
    """Return what `minute_matrix` adds up, one row for each profile, minute and event: of at most one event.

    Few of these rows share a cell of a host, and an engine takes longer to group them than to read them.
    """
    rows = _minute_rows(cut, by)
    return rows.select("row", "column", "samples", "idle", "weight", "busy_us", "observed_us", "windows")


def _minute_rows(cut: Cut, by: str) -> Table:
    rows = _labelled(_in_minutes(cut), by)
    windows = ibis.literal(1, "int64") if cut.events else rows.windows
    return rows.mutate(
        column=_column(rows.minute, cut, MINUTE), observed_us=_observed(rows, cut), windows=windows
    )


def function_totals(cut: Cut, by: str) -> Expression:
    """Return the samples with a wanted node, for each host, service or version: (row, samples, weight)."""
    rows = _of_function(cut, by)
    return rows.group_by("row").aggregate(**_counts(rows)).order_by("row")


def function_matrix(cut: Cut, by: str, step: int) -> Expression:
    """Return the samples with a wanted node by row and step, as `matrix`: (row, column, samples, weight)."""
    rows = _of_function(cut, by)
    rows = rows.mutate(column=_column(rows.ts, cut, step))
    return rows.group_by("row", "column").aggregate(**_counts(rows))


def summed_function_totals(cut: Cut, by: str, function: int) -> Expression:
    """Return the rows of `function_totals` for a function's identity, of the sums of whole hours."""
    rows = _in_functions(cut, by, function)
    return rows.group_by("row").aggregate(**_added(rows)).order_by("row")


def summed_function_matrix(cut: Cut, by: str, step: int, function: int) -> Expression:
    """Return the rows of `function_matrix` for a function's identity, of the sums of whole hours."""
    rows = _in_functions(cut, by, function)
    rows = rows.mutate(column=_column(rows.hour, cut, step))
    return rows.group_by("row", "column").aggregate(**_added(rows))


def top_functions(cut: Cut, by: str, limit: int) -> Expression:
    """Return the `limit` functions on top of most stacks of each row: (row, frame, samples, weight, rank)."""
    rows = _labelled(_in_samples(cut), by)
    counted = rows.group_by("row", "node").aggregate(**_counts(rows))
    nodes = NODES.select("node", "frame").distinct()
    joined = counted.join(nodes, "node")
    own = joined.group_by("row", "frame").aggregate(samples=joined.samples.sum(), weight=joined.weight.sum())
    order = [own.weight.desc(), own.frame]
    ranked = own.mutate(rank=ibis.row_number().over(ibis.window(group_by=own.row, order_by=order)) + 1)
    return ranked.filter(ranked["rank"] <= limit).order_by("row", "rank")


def tree(cut: Cut) -> Expression:
    """Return the samples of a cut by stack: (node, event, idle, samples, weight)."""
    rows = _in_samples(cut)
    keys = ("node", "event", "idle")
    return rows.group_by(*keys).aggregate(**_counts(rows)).order_by(*keys)


def summed_tree(cut: Cut) -> Expression:
    """Return the rows of `tree` for a cut without hosts, of the sums of whole hours."""
    rows = _of_versions(_cut(STACKS, STACKS.hour, cut), cut)
    keys = ("node", "event", "idle")
    return rows.group_by(*keys).aggregate(**_added(rows)).order_by(*keys)


def window(cut: Cut, most: int) -> Expression:
    """Return the samples of a cut in the order of time, at most `most` of them."""
    rows = _in_samples(cut)
    columns = ("ts", "node", "thread", "cpu", "event", "idle", "weight")
    return rows.select(*columns, "host", "profile").order_by("ts", "host", "profile", "node").limit(most)


def nodes() -> Expression:
    """Return all nodes once: (node, parent, frame)."""
    return NODES.select("node", "parent", "frame").distinct().order_by("node", "parent", "frame")


def frames() -> Expression:
    """Return all frames once: (frame, name, library, kind)."""
    return FRAMES.distinct().order_by("frame", "name", "library", "kind")


def _placed() -> Table:
    return PROFILES.filter(PROFILES.placed == 1)


def _in_minutes(cut: Cut) -> Table:
    return _of_versions(_cut(MINUTES, MINUTES.minute, cut), cut)


def _in_functions(cut: Cut, by: str, function: int) -> Table:
    rows = FUNCTIONS.filter(FUNCTIONS.function == function)
    return _labelled(_of_versions(_cut(rows, rows.hour, cut), cut), by)


def _of_versions(rows: Table, cut: Cut) -> Table:
    return rows.filter(rows.version.isin(cut.versions)) if cut.versions else rows


def _in_samples(cut: Cut) -> Table:
    rows = _cut(SAMPLES, SAMPLES.ts, cut)
    if cut.versions:
        placed = _placed()
        rows = rows.semi_join(placed.filter(placed.version.isin(cut.versions)), "profile")
    return rows


def _cut(rows: Table, time: Expression, cut: Cut) -> Table:
    if cut.timed:
        rows = rows.filter(time >= cut.span.start, time < cut.span.end)
    for column, names in (("host", cut.hosts), ("service", cut.services), ("event", cut.events)):
        if names:
            rows = rows.filter(rows[column].isin(names))
    return rows if cut.events or cut.all_events else rows.filter(rows.main == 1)


def _labelled(rows: Table, by: str) -> Table:
    """Add the column `row`. The version of a sample is that of its profile."""
    if by == VERSION and "version" not in rows.columns:
        placed = _placed()
        rows = rows.join(placed.select("profile", "version"), "profile")
    return rows.mutate(row=rows[by])


def _column(time: Expression, cut: Cut, step: int) -> Expression:
    return ((time - cut.span.start) // step).cast("int64")


def _counts(rows: Table) -> dict[str, Expression]:
    return {"samples": rows.count(), "weight": rows.weight.sum()}


def _added(rows: Table) -> dict[str, Expression]:
    return {"samples": rows.samples.sum(), "weight": rows.weight.sum()}


def _windows(cut: Cut, by: str, step: int | None) -> Table:
    """Sum up each profile."""
    rows = _labelled(_in_minutes(cut), by)
    keys = ["row", "profile"]
    if step is not None:
        rows = rows.mutate(column=_column(rows.minute, cut, step))
        keys.append("column")
    if len(cut.events) > 1:
        # No one of them may have all minutes, and each minute counts once.
        minutes = rows.group_by(*keys, "minute").aggregate(**_sums(rows), observed_us=rows.observed_us.max())
        return minutes.group_by(*keys).aggregate(**_sums(minutes), observed_us=minutes.observed_us.sum())
    return rows.group_by(*keys).aggregate(**_sums(rows), observed_us=_observed(rows, cut).sum())


def _observed(rows: Table, cut: Cut) -> Expression:
    """Return the recorded time of rows, which stands with each event of a minute: that of the one event, or
    of the row that a profile has in each of its minutes."""
    return rows.observed_us if cut.events else rows.observed_us * rows.windows


def _sums(rows: Table) -> dict[str, Expression]:
    return {name: rows[name].sum() for name in ("samples", "idle", "weight", "busy_us")}


def _summed(profiles: Table, keys: list[str]) -> Table:
    sums = {**_sums(profiles), "observed_us": profiles.observed_us.sum(), "windows": profiles.count()}
    return profiles.group_by(*keys).aggregate(**sums)


def _of_function(cut: Cut, by: str) -> Table:
    rows = _in_samples(cut)
    return _labelled(rows.semi_join(NODES_OF, "node"), by)
