"""TensorBoard's side of seeing.py.

    python seeing_torch.py scalars LOGS     prints {run: {tag: [[step, value], ...]}} of the folders, as JSON
"""
import json
import os
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

EVERYTHING = {"scalars": 0, "images": 0, "histograms": 0, "tensors": 0}  # no reservoirs


def runs(logs):
    """The folders that TensorBoard takes for runs, by their names on its page."""
    for at, _, names in sorted(os.walk(logs)):
        if any("tfevents" in name for name in names):
            log = EventAccumulator(at, size_guidance=EVERYTHING)
            log.Reload()
            yield os.path.relpath(at, logs), log


def scalars(logs):
    return {name: {tag: [(event.step, event.value) for event in log.Scalars(tag)] for tag in log.Tags()["scalars"]}
            for name, log in runs(logs)}


COMMANDS = {"scalars": scalars}

print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
