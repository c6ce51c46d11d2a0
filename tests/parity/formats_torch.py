"""PyTorch's and TensorBoard's side of formats.py. The model is that of its program.

    python formats_torch.py read FILE.pth LOGS     loads and checks what netc wrote; prints what the log holds, as JSON
    python formats_torch.py write FOLDER           writes checkpoints of the same weights in PyTorch's several forms
"""
import json
import os
import sys

import torch
from torch import nn


def model():
    torch.manual_seed(3)
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(4),
                         nn.InstanceNorm2d(4, track_running_stats=True), nn.Flatten(), nn.Linear(256, 10))


def read(path, logs):
    ours = model()
    state = torch.load(path)  # weights_only, the default
    ours.load_state_dict(state)  # strict, the default
    assert list(state) == list(ours.state_dict()), "another order: %s" % list(state)
    for option in {"mmap": True}, {"weights_only": False}:
        other = torch.load(path, **option)
        assert all(torch.equal(state[name], other[name]) for name in state), "%s gives other values" % option
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    log = EventAccumulator(logs)
    log.Reload()
    return {tag: [(event.step, event.value) for event in log.Scalars(tag)] for tag in log.Tags()["scalars"]}


def cast(state, to):
    """The same with other floats; what counts batches stays a whole number."""
    return {name: to(value) if value.is_floating_point() else value for name, value in state.items()}


def write(folder):
    state = model().state_dict()
    shared = torch.zeros(3 + sum(value.numel() for value in state.values()), dtype=torch.float64)
    views, at = {}, 3
    for name, value in state.items():
        if not value.is_floating_point():
            views[name] = value
            continue
        view = shared[at:at + value.numel()]
        at += value.numel()
        if value.dim() == 2:
            view = view.view(value.shape[1], value.shape[0]).t()
        elif value.dim() == 4:
            view = view.view(value.shape[0], value.shape[2], value.shape[3], value.shape[1]).permute(0, 3, 1, 2)
        view.copy_(value)
        views[name] = view
    forms = {
        "plain": (dict(state), {}),
        "ordered": (state, {}),
        "old": (state, {"_use_new_zipfile_serialization": False}),
        "old_shared": (views, {"_use_new_zipfile_serialization": False}),
        "views": ({"epoch": 4, "lr": 0.1, "state_dict": views}, {}),
        "parameters": ({"model": cast(state, nn.Parameter)}, {}),
        "halves": (cast(state, torch.Tensor.half), {}),
        "halves_as_floats": (cast(state, lambda value: value.half().float()), {}),
        "brain": (cast(state, torch.Tensor.bfloat16), {}),
        "brain_as_floats": (cast(state, lambda value: value.bfloat16().float()), {}),
    }
    for name, (value, options) in forms.items():
        torch.save(value, os.path.join(folder, name + ".pth"), **options)
    return sorted(forms)


print(json.dumps({"read": read, "write": write}[sys.argv[1]](*sys.argv[2:])))
