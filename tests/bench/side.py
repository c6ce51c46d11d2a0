"""What the sides of the race share that are no PyTorch: requests and answers as torch_side.py has them, of training
steps. A side is `answer(make)`; make(model, batch) gives a function that makes one step and waits for its loss."""
import json
import os
import statistics
import sys
import time


def keep_to(threads):
    """Those libraries take the cores that there are: so many are given to the process, before they are imported."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def measure(step, seconds):
    times = []
    for _ in range(2):
        step()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    return {"ms": 1e3 * statistics.median(times), "best": 1e3 * min(times)}


def answer(make):
    made = {}
    for line in sys.stdin:
        request = json.loads(line)
        key = request["model"], request["batch"], request["threads"]
        try:
            if key not in made:
                keep_to(request["threads"])
                made[key] = make(*key[:2])
                for _ in range(3):
                    made[key]()
            reply = measure(made[key], request["seconds"])
        except Exception as error:  # whatever the library meets on this machine, or that it is not there
            reply = {"missing": (str(error).strip().splitlines() or [type(error).__name__])[0][:200]}
        print(json.dumps(reply), flush=True)
