"""PyTorch's side of torch_tables.py: one line of JSON for each input of torch's own tables of modules and optimizers,
as a .net file would write it."""
import json
import sys
import types
import unittest

import torch

# The tables stand beside torch's own test classes; one of these needs a package that the tables do not.
sys.modules.setdefault("expecttest", types.SimpleNamespace(TestCase=unittest.TestCase))
from torch.testing._internal.common_modules import module_db  # noqa: E402
from torch.testing._internal.common_optimizers import optim_db  # noqa: E402


def text_of(value):
    """A constant of a .net file: tensors are lists, or numbers."""
    if isinstance(value, torch.Tensor):
        return repr(value.tolist())
    return repr(value)


def arguments(args, words):
    return ", ".join([text_of(value) for value in args] + ["%s=%s" % (name, text_of(words[name])) for name in words])


def modules():
    for info in module_db:
        torch.manual_seed(0)  # some arguments are drawn
        name = info.module_cls.__name__
        if info.module_cls.__module__.startswith("torch.ao"):
            continue
        for made in info.module_inputs_func(info, device="cpu", dtype=torch.float32, requires_grad=False,
                                            training=True):
            forward = made.forward_input
            given = [*forward.args, *forward.kwargs.values()] if forward else []
            x = given[0] if given and isinstance(given[0], torch.Tensor) else None
            yield {"kind": "module", "name": name, "description": made.desc,
                   "arguments": arguments(made.constructor_input.args, made.constructor_input.kwargs),
                   "shape": None if x is None else list(x.shape), "whole": x is not None and not x.is_floating_point(),
                   "target": list(given[1].shape) if len(given) > 1 and isinstance(given[1], torch.Tensor) else None,
                   "classes": len(given) > 1 and isinstance(given[1], torch.Tensor) and
                   not given[1].is_floating_point()}


def optimizers():
    for info in optim_db:
        for made in info.optim_inputs_func(device="cpu"):
            yield {"kind": "optimizer", "name": info.optim_cls.__name__, "description": made.desc,
                   "arguments": arguments((), made.kwargs)}


for entry in [*modules(), *optimizers()]:
    print(json.dumps(entry))
