"""Measures Makeready against sharp, pyvips, Pillow and OpenCV and writes benches/results/DATE.md and .svg.

`make bench-peers` installs what it needs and runs it. README.md says what is measured and how.
"""

import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

import documents
import films
import quality
import report
from tasks import BOOKS, TASKS, contenders

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = ROOT / "target"
ROUNDS = int(os.environ.get("PEER_ROUNDS", "7"))
PATIENCE = int(os.environ.get("PEER_PATIENCE", "7"))
QUIET = 0.1  # cores that others may use in a round
BOOKS_A_ROUND = {1: 2, 8: 8}  # by how many are in flight
COMMANDS = {
    "makeready": [str(TARGET / "release/peer-makeready")],
    "sharp": ["node", str(HERE / "sharp.mjs")],
    "pyvips": [sys.executable, str(HERE / "pyvips_worker.py")],
    "pillow": [sys.executable, str(HERE / "pillow_worker.py")],
    "opencv": [sys.executable, str(HERE / "opencv_worker.py")],
    "gif2webp": [sys.executable, str(HERE / "gif2webp_worker.py")],
    "poppler": [sys.executable, str(HERE / "poppler_worker.py")],
    "pdfium": [sys.executable, str(HERE / "pdfium_worker.py")],
}
PROGRAMS = {"gif2webp": "gif2webp", "poppler": "pdftoppm"}


class Worker:
    """A contender's process, with its inputs in memory."""

    def __init__(self, contender, inputs, threads=None):
        environment = dict(os.environ, PEER_MODULES=str(TARGET / "peers/node_modules"))
        environment.pop("PEER_THREADS", None)
        if threads:
            environment["PEER_THREADS"] = str(threads)
        self.contender = contender
        self.process = subprocess.Popen(COMMANDS[contender.worker], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=environment)
        self.versions = self.ask({"load": [str(path) for path in inputs]})["versions"]

    def ask(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.contender.label} ended at {request}")
        return json.loads(line)

    def run(self, task, **more):
        """One answer, with CPU time of the whole process (user and system, all threads) beside its wall time.

        A worker that runs a program says what that used.
        """
        before = self.cpu_ms()
        answer = self.ask({"task": task, "variant": self.contender.variant, **more})
        answer["cpu_ms"] = answer.get("cpu_ms", 0) + self.cpu_ms() - before
        return answer

    def cpu_ms(self):
        # The CPU clock of another process, in nanoseconds: clock_getcpuclockid(3). /proc counts ticks of 10 ms.
        return time.clock_gettime((~self.process.pid << 3) | 2) * 1e3

    def memory_mb(self, field):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
        raise RuntimeError(f"no {field}")

    def forget_peak(self):
        """VmHWM begins again at the present resident size, so that the peak of starting up does not count."""
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def available(contender):
    """Programs are not installed by make: Debian's packages webp and poppler-utils have them."""
    return contender.worker not in PROGRAMS or shutil.which(PROGRAMS[contender.worker])


def measure(name, inputs, outputs):
    """All contenders of a task: memory of the first run, then interleaved rounds."""
    repeat = TASKS[name].repeat
    rows = []
    workers = [Worker(contender, inputs) for contender in contenders(name) if available(contender)]
    for index, worker in enumerate(workers):
        out = outputs / f"{name}-{index}"
        worker.forget_peak()
        before = worker.memory_mb("VmRSS")
        first = worker.run(name)
        grown = worker.memory_mb("VmHWM") - before
        worker.run(name, out=str(out))
        worker.run(name, repeat=repeat)
        grown = first.get("memory_mb", grown)
        rows.append({"contender": worker.contender, "memory": grown, "bytes": first["bytes"], "out": out})
    answers, others = rounds(workers, lambda worker: worker.run(name, repeat=repeat), TASKS[name].rounds or ROUNDS)
    for row, found in zip(rows, answers):
        row["others"] = others
        row["ms"] = statistics.median(answer["ms"] for answer in found) / repeat
        row["cpu"] = statistics.median(answer["cpu_ms"] for answer in found) / repeat
    versions = {key: value for worker in workers for key, value in worker.versions.items()}
    for worker in workers:
        worker.close()
    return rows, versions


def measure_leaner(name, inputs, rows, lowest):
    """Where Makeready's picture is better than sharp's and its file larger than allowed: the picture at the highest
    lower quality that is not."""
    sharp = report.row_of(rows, "sharp", "join")
    for row in rows:
        larger = row["bytes"] > sharp["bytes"] * report.BYTES_ALLOWED
        if row["contender"].worker != "makeready" or not larger or not row["score"] or row["score"] < sharp["score"]:
            continue
        worker = Worker(row["contender"], inputs)
        out = row["out"].with_name(row["out"].name + "-leaner")
        for lower in range(TASKS[name].quality - 1, 0, -1):
            found = worker.run(name, quality=lower, out=str(out))["bytes"]
            if found <= sharp["bytes"] * report.BYTES_ALLOWED:
                row["leaner"] = {"quality": lower, "bytes": found, "score": lowest(out)[0]}
                break
        worker.close()


def measure_cpu(name, inputs, rows):
    """CPU time again, everyone on one thread."""
    repeat = TASKS[name].repeat
    workers = [Worker(row["contender"], inputs, threads=1) for row in rows]
    for worker in workers:
        worker.run(name, repeat=repeat)
    answers, _ = rounds(workers, lambda worker: worker.run(name, repeat=repeat))
    for row, found in zip(rows, answers):
        row["cpu1"] = statistics.median(answer["cpu_ms"] for answer in found) / repeat
    for worker in workers:
        worker.close()


def measure_books(inputs):
    """Books a second, one and eight in flight, and the peak memory of the process."""
    books = []
    for flight in (1, 8):
        workers = [Worker(contender, inputs) for contender, _ in BOOKS]
        threads = {id(worker): count for worker, (_, count) in zip(workers, BOOKS)}

        def book(worker, flight=flight):
            more = {"concurrency": threads[id(worker)]} if threads[id(worker)] else {}
            return worker.run("books", repeat=BOOKS_A_ROUND[flight], flight=flight, **more)

        for worker in workers:
            worker.forget_peak()
            book(worker)
        answers, others = rounds(workers, book)
        for worker, (contender, _), found in zip(workers, BOOKS, answers):
            rate = BOOKS_A_ROUND[flight] * 1e3 / statistics.median(answer["ms"] for answer in found)
            cpu = statistics.median(answer["cpu_ms"] for answer in found) / BOOKS_A_ROUND[flight]
            books.append({"label": contender.label, "flight": flight, "rate": rate, "cpu": cpu,
                          "resident": worker.memory_mb("VmHWM"), "others": others})
            worker.close()
    return books


def rounds(workers, run, count=ROUNDS):
    """Each round runs everyone once, beginning with another one; gives the answers of each, and how many cores
    others kept busy meanwhile. Rounds that others disturb are run again, PATIENCE times at most, and the
    quietest `count` are taken, whole rounds for everyone: results of the contenders have no say in it.
    """
    found = []
    while len(found) < count + min(PATIENCE, count) and sum(others < QUIET for others, _ in found) < count:
        order = [(len(found) + step) % len(workers) for step in range(len(workers))]
        begin, busy = time.monotonic(), busy_seconds()
        answers = {index: run(workers[index]) for index in order}
        others = busy_seconds() - busy - sum(answer["cpu_ms"] for answer in answers.values()) / 1e3
        found.append((max(0.0, others / (time.monotonic() - begin)), answers))
    kept = sorted(found, key=lambda pair: pair[0])[:count]
    others = statistics.median(pair[0] for pair in kept)
    return [[answers[index] for _, answers in kept] for index in range(len(workers))], others


def busy_seconds():
    """Seconds of its cores that all processes of the machine have used, without idling and waiting."""
    ticks = [int(field) for field in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    return (sum(ticks[:8]) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def find_inputs(outputs, wanted):
    """The files of every kind of input, of those that are made the wanted; photographs are not part of the project."""
    tiles = ROOT / "examples/tiles"
    places = ("00", "01", "10", "11")
    right = [tiles / f"right-{place}.jpg" for place in places]
    tiny = outputs / "tiny.png"
    quality.write_tiny(tiny)
    found = {"tiny": [tiny], **films.write(tiles / "right-00.jpg", outputs, wanted)}
    found |= documents.write([tiles / f"left-{place}.jpg" for place in places], outputs, wanted)
    shared = pathlib.Path(os.environ.get("MAKEREADY_SHARED", ROOT.parent / "shared")) / "photos"
    if not shared.is_dir():
        print("no photographs: the tile tasks only, on the tiles of examples/tiles", file=sys.stderr)
        left = [tiles / f"left-{place}.jpg" for place in places]
        return {**found, "tiles": left, "spread": left + right}, False
    left = [shared / f"eleph_{place}.jpg" for place in places]
    bench = shared / "bench-2725x2225.jpg"
    p3 = outputs / "p3.jpg"
    if "p3" in wanted:
        quality.write_p3(shared / "eleph_full.jpg", ROOT / "tests/images/colour/p3.jpg", p3)
    found |= {"p3": [p3], "tiles": left, "spread": left + right, "full": [shared / "eleph_full.jpg"],
              "bench": [bench], "bench_logo": [bench, ROOT / "tests/images/alpha.webp"], "prog": [shared / "prog.jpg"],
              "alpha": [shared / "alpha-2048x1536.png"]}
    return found, True


def main():
    outputs = TARGET / "peers/outputs"
    outputs.mkdir(parents=True, exist_ok=True)
    for old in outputs.iterdir():
        old.unlink()
    only = sys.argv[1:] or list(TASKS)
    inputs, photographs = find_inputs(outputs, {TASKS[name].inputs for name in only if name in TASKS})
    load = os.getloadavg()[0]
    results, versions = {}, {}
    for name in only:
        if name not in TASKS or TASKS[name].inputs not in inputs:
            continue
        print(name, file=sys.stderr, flush=True)
        files = inputs[TASKS[name].inputs]
        results[name], found = measure(name, files, outputs)
        versions |= found
        if TASKS[name].jpeg:
            measure_cpu(name, files, results[name])
    books = measure_books(inputs["spread"]) if not sys.argv[1:] or "books" in only else []
    print("quality", file=sys.stderr, flush=True)
    with quality.Scorer(TARGET / "release/peer-ssimulacra2", outputs) as scorer:
        for name, rows in results.items():
            ideals = quality.ideals(name, inputs[TASKS[name].inputs])
            score = scorer.mean if TASKS[name].film else scorer.lowest
            for row in rows:
                row["score"], row["wrong"] = score(ideals, row["out"])
            if ideals and "sharp" in TASKS[name].peers:
                measure_leaner(name, inputs[TASKS[name].inputs], rows, lambda out: score(ideals, out))
    date = datetime.date.today().isoformat()
    others = statistics.median(rows[0]["others"] for rows in results.values())
    facts = {"others": others, "date": date, "rounds": ROUNDS, "load": load, "photographs": photographs, "versions": versions}
    folder = ROOT / "benches/results"
    folder.mkdir(exist_ok=True)
    (folder / f"{date}.svg").write_text(report.chart(results, facts))
    (folder / f"{date}.md").write_text(report.text(results, books, facts))
    print(f"benches/results/{date}.md")


if __name__ == "__main__":
    main()
