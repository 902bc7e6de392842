"""The protocol, which the workers in Python share. README.md describes it."""

import json
import os
import sys
import time

# Everyone may use all cores unless the request is for CPU time on one.
THREADS = int(os.environ.get("PEER_THREADS") or os.cpu_count())


def serve(tasks, versions, used=dict):
    """Answers one JSON request a line until there are no more. `tasks[name](inputs, variant)` gives a list of files;
    `used`, what programs that it runs have used."""
    inputs = []
    for line in sys.stdin:
        request = json.loads(line)
        if "load" in request:
            inputs = []
            for path in request["load"]:
                with open(path, "rb") as file:
                    inputs.append(file.read())
            answer = {"versions": versions}
        else:
            before = used()
            answer = run(tasks[request["task"]], inputs, request)
            answer |= {key: value - before.get(key, 0) if key == "cpu_ms" else value for key, value in used().items()}
        print(json.dumps(answer), flush=True)


def run(task, inputs, request):
    begin = time.perf_counter()
    for _ in range(request.get("repeat", 1)):
        outputs = task(inputs, request["variant"])
    ms = (time.perf_counter() - begin) * 1e3
    if request.get("out"):
        for index, data in enumerate(outputs):
            with open(f"{request['out']}.{index}", "wb") as file:
                file.write(data)
    return {"ms": ms, "bytes": sum(map(len, outputs))}


def pages(inputs):
    """The tiles of each page of a spread."""
    return inputs[:4], inputs[4:]
