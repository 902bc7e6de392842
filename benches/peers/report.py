"""The results as Markdown and as a bar chart."""

import html
import os
import pathlib

from tasks import CPU_GOAL, LABELS, PROFILE_GOALS, RIVALS, SPEED_GOALS, TASKS

BYTES_ALLOWED = 1.02
MEMORY_PRINT_MB = 24
MEMORY_BOOKS_MB = 100
MEMORY_FILM_MB = 24
FIXED_COST_MS = 0.05
BOOKS_JOIN_GOAL, BOOKS_TILE_GOAL = 4.0, 2.0


def machine():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "unknown CPU"


def table(head, rows):
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def number(value, places=1):
    return "" if value is None else f"{value:.{places}f}"


def row_of(rows, worker, variant):
    return next(row for row in rows
                if (row["contender"].worker, row["contender"].variant) == (worker, variant))


def ours(rows, variant="default"):
    return row_of(rows, "makeready", variant)


def rivals(rows, workers=RIVALS):
    return [row for row in rows if row["contender"].worker in workers and row["contender"].one_call]


def text(results, books, facts):
    parts = [heading(facts), "## Goals\n\n" + GOALS_TEXT, goals(results, books), leaner(results),
             f"![How many times as long the peers take]({facts['date']}.svg)\n"]
    for name, rows in results.items():
        parts += [f"## {name}\n\n{TASKS[name].what[0].upper() + TASKS[name].what[1:]}. "
                  f"Others kept {rows[0]['others']:.2f} cores busy.\n", task_table(rows)]
    if books:
        parts += ["## Books a second\n\nA book is the JPEG previews of two pages, from 8 tiles.\n", books_table(books)]
    return "\n".join(parts)


def heading(facts):
    versions = ", ".join(f"{name} {version}" for name, version in sorted(facts["versions"].items(), key=str))
    photographs = "" if facts["photographs"] else "\nNo photographs were at hand: tile tasks only, on examples/tiles.\n"
    return (f"# Makeready and its peers, {facts['date']}\n\n"
            f"{machine()}, {os.cpu_count()} cores; load before the run {facts['load']:.1f}. {versions}.\n{disturbed(facts)}"
            f"Medians of {facts['rounds']} interleaved rounds; benches/peers/README.md says how. Times compare within this "
            f"run only.\n{photographs}")


def disturbed(facts):
    """Warns when others had a good part of the machine: a contender on several cores then looks worse than it is."""
    if facts["others"] < 0.25:
        return ""
    return (f"**The machine was not quiet**: others kept {facts['others']:.1f} cores busy, at the median of the tasks. "
            "Wall times of those who use several cores are too long; CPU times hold better.\n")


GOALS_TEXT = """Time and CPU: the best single call of sharp, pyvips and Pillow, divided by Makeready's. Quality: SSIMULACRA2 no lower than
sharp's default gives, and at most 2 % more bytes; the differences to sharp are shown.
"""


def verdict(yes):
    return "yes" if yes else "**no**"


def goals(results, books):
    rows = [row for goal in SPEED_GOALS for row in speed_goal(results, *goal)]
    rows += cpu_goals(results) + memory_goals(results) + profile_goals(results) + books_goals(books)
    return table(["goal", "at least", "found", "reached", "SSIMULACRA2 to sharp", "bytes to sharp", "quality held"], rows)


def speed_goal(results, name, variant, goal):
    rows = results.get(name, [])
    if not rivals(rows):
        return []
    own, best = ours(rows, variant), min(rivals(rows), key=lambda row: row["ms"])
    ratio = best["ms"] / own["ms"]
    label = f"{name}{', shrink fast' if variant == 'fast' else ''}: time"
    return [[label, f"{goal:.1f}x", f"{ratio:.2f}x of {best['contender'].label}", verdict(ratio >= goal), *quality(rows, own)]]


def quality(rows, own):
    """Against sharp's one call, to the letter: a score that is lower by anything does not hold."""
    sharp = next((row for row in rows if row["contender"].worker == "sharp"), None)
    if sharp is None:
        return ["", "", ""]
    more = own["bytes"] / sharp["bytes"]
    if own["wrong"] or sharp["wrong"]:
        return ["no score", f"{more * 100 - 100:+.1f} %", verdict(False)]
    if own["score"] is None:
        return ["not scored", f"{more * 100 - 100:+.1f} %", ""]
    difference = own["score"] - sharp["score"]
    return [f"{difference:+.2f}", f"{more * 100 - 100:+.1f} %", verdict(difference >= 0 and more <= BYTES_ALLOWED)]


LEANER_TEXT = """Where Makeready's file is too large because its picture is better, at the first lower quality that makes it small
enough:
"""


def leaner(results):
    """The pictures that measure_leaner made."""
    lines = []
    for name, rows in results.items():
        for row in rows:
            if found := row.get("leaner"):
                sharp = row_of(rows, "sharp", "join")
                lines.append([name, found["quality"], f"{found['bytes'] / sharp['bytes'] * 100 - 100:+.1f} %",
                              f"{found['score'] - sharp['score']:+.2f}"])
    return LEANER_TEXT + "\n" + table(["task", "quality", "bytes to sharp", "SSIMULACRA2 to sharp"], lines) if lines else ""


def cpu_goals(results):
    found = []
    for name, rows in results.items():
        if TASKS[name].jpeg:
            best = min(rivals(rows), key=lambda row: row["cpu1"])
            ratio = best["cpu1"] / ours(rows)["cpu1"]
            found.append([f"{name}: CPU time on one thread", f"{CPU_GOAL:.1f}x",
                          f"{ratio:.2f}x of {best['contender'].label}", verdict(ratio >= CPU_GOAL), "", "", ""])
    return found


def profile_goals(results):
    """The price of a colour profile: the time with one to that without, beside sharp's."""
    found = []
    for name, plain, goal in PROFILE_GOALS:
        if name in results and plain in results:
            def ratio(worker, variant):
                return row_of(results[name], worker, variant)["ms"] / row_of(results[plain], worker, variant)["ms"]
            own = ratio("makeready", "default")
            found.append([f"{name} to {plain}: time", f"{goal:.2f}x at most", f"{own:.2f}x; sharp {ratio('sharp', 'join'):.2f}x",
                          verdict(own <= goal), "", "", ""])
    return found


def memory_goals(results):
    found = []
    if "preview_jpeg" in results:
        rows = results["preview_jpeg"]
        own, best = ours(rows)["memory"], min(row["memory"] for row in rivals(rows, LABELS))
        found.append(["preview_jpeg: memory growth under 1/4 of the best peer's", f"{best / 4:.1f} MB at most",
                      f"{own:.1f} MB", verdict(own < best / 4), "", "", ""])
    if "print_jpeg" in results:
        own = ours(results["print_jpeg"])["memory"]
        found.append(["print_jpeg: memory growth", f"{MEMORY_PRINT_MB} MB at most", f"{own:.1f} MB",
                      verdict(own < MEMORY_PRINT_MB), "", "", ""])
    for name, rows in results.items():
        if name.startswith("gif_webp"):
            own = ours(rows)["memory"]
            found.append([f"{name}: memory growth", f"{MEMORY_FILM_MB} MB at most", f"{own:.1f} MB",
                          verdict(own < MEMORY_FILM_MB), "", "", ""])
    if "fixed_cost" in results:
        own = ours(results["fixed_cost"])["ms"]
        found.append(["fixed cost of a call", f"{FIXED_COST_MS * 1e3:.0f} us at most", f"{own * 1e3:.0f} us",
                      verdict(own < FIXED_COST_MS), "", "", ""])
    return found


def books_goals(books):
    found = []
    for flight in sorted({book["flight"] for book in books}):
        rates = [book for book in books if book["flight"] == flight]
        own = next(book for book in rates if book["label"] == "Makeready")
        for prefix, goal in (("sharp join", BOOKS_JOIN_GOAL), ("sharp per tile", BOOKS_TILE_GOAL)):
            best = max(book["rate"] for book in rates if book["label"].startswith(prefix))
            ratio = own["rate"] / best
            found.append([f"books a second, {flight} in flight, to {prefix}", f"{goal:.1f}x", f"{ratio:.2f}x",
                          verdict(ratio >= goal), "", "", ""])
        if flight == 8:
            found.append(["resident at 8 in flight", f"{MEMORY_BOOKS_MB} MB at most", f"{own['resident']:.0f} MB",
                          verdict(own["resident"] < MEMORY_BOOKS_MB), "", "", ""])
    return found


def task_table(rows):
    base = ours(rows)["ms"]
    lines = []
    for row in rows:
        cpu1 = [number(row["cpu1"])] if "cpu1" in row else []
        score = row["wrong"] or number(row["score"])
        places = 1 if base > 1 else 3
        lines.append([row["contender"].label, number(row["ms"], places), f"{row['ms'] / base:.2f}",
                      number(row["cpu"], places), *cpu1, number(row["memory"]), f"{row['bytes']:,}", score])
    cpu1 = ["CPU ms, 1 thread"] if "cpu1" in rows[0] else []
    return table(["contender", "ms", "to Makeready", "CPU ms", *cpu1, "memory growth MB", "bytes", "SSIMULACRA2"], lines)


def books_table(books):
    lines = [[book["label"], book["flight"], number(book["rate"]), number(book["cpu"]), number(book["resident"], 0),
              number(book["others"], 2)]
             for book in books]
    return table(["contender", "in flight", "books a second", "CPU ms a book", "resident MB at most", "cores busy with others"], lines)


STYLE = """
text { font: 12px system-ui, sans-serif; fill: #24292f } .quiet { fill: #6e7781 } .line { stroke: #8c959f }
.sharp { fill: #2f81f7 } .pyvips { fill: #3fa66b } .pillow { fill: #c9820a } .opencv { fill: #8c73d9 }
.gif2webp { fill: #d1567a }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .quiet { fill: #9198a1 } .line { stroke: #6e7681 } }
"""
LEFT, BAR, GAP, WIDTH, TOP = 110, 11, 14, 760, 56


def chart(results, facts):
    """Bars of the time of each peer's one call divided by Makeready's. The scale ends at the longest."""
    names = [name for name in results if name != "fixed_cost" and TASKS[name].peers]
    ratios = {name: {row["contender"].worker: row["ms"] / ours(results[name])["ms"]
                     for row in rivals(results[name], LABELS)} for name in names}
    longest = max((ratio for row in ratios.values() for ratio in row.values()), default=1)
    unit = (WIDTH - LEFT - 50) / longest
    height = TOP + len(names) * (4 * BAR + GAP) + 8  # no task has more than four peers
    title = "How many times as long as Makeready (the line) each peer takes, by one call"
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
             f"<title>{html.escape(title)}</title><style>{STYLE}</style>", f'<text x="8" y="18">{html.escape(title)}</text>']
    for index, (worker, label) in enumerate(LABELS.items()):
        x = LEFT + index * 90
        parts.append(f'<rect class="{worker}" x="{x}" y="30" width="11" height="11"/><text x="{x + 16}" y="40">{label}</text>')
    parts.append(f'<text class="quiet" x="{WIDTH - 8}" y="40" text-anchor="end">{os.cpu_count()} cores, {facts["date"]}</text>')
    for place, name in enumerate(names):
        y = TOP + place * (4 * BAR + GAP)
        parts.append(f'<text x="{LEFT - 8}" y="{y + 2 * BAR + 4}" text-anchor="end">{name}</text>')
        for index, (worker, ratio) in enumerate(ratios[name].items()):
            top, length = y + index * BAR, ratio * unit
            parts.append(f'<rect class="{worker}" x="{LEFT}" y="{top}" width="{length:.1f}" height="{BAR - 1}"/>'
                         f'<text class="quiet" style="font-size:10px" x="{LEFT + length + 4:.1f}" y="{top + 9}">{ratio:.1f}</text>')
    line = LEFT + unit
    parts.append(f'<line class="line" x1="{line:.1f}" x2="{line:.1f}" y1="{TOP - 6}" y2="{height - 6}" stroke-dasharray="3 3"/>')
    return "\n".join([*parts, "</svg>\n"])
