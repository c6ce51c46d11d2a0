"""PyTorch's side of whole.py: one line of JSON a row, {"wrong": what is wrong with netc's whole model, or null,
"loss": the test loss of PyTorch's own}.

whole_torch.py ROWS.json"""
import json
import sys

import numpy
import torch

from layers_torch import NAMES, build

NAMES.update({name: getattr(torch.nn, name) for name in ("Dropout", "Dropout1d", "Dropout2d")})  # without netc's masks
try:
    from torchvision import ops
    NAMES.update({name: getattr(ops, name) for name in ("Permute", "StochasticDepth")})
except ImportError:
    ops = None


def attributes(module):
    """What an object holds, but for its tensors and for an array of paddings, which is a list or a tuple."""
    held = {name: value for name, value in vars(module).items() if name not in ("_parameters", "_buffers", "_modules")}
    held = {name: list(value) if isinstance(value, tuple) else value for name, value in held.items()}
    return dict(held, tensors=[(name, None if value is None else (tuple(value.shape), value.requires_grad))
                               for part in ("_parameters", "_buffers") for name, value in vars(module)[part].items()])


def judge(row, own, x, y):
    """What is wrong with netc's file, or None."""
    model = torch.load(row["ours"], weights_only=False)
    if type(model) is not torch.nn.Sequential or repr(model) != repr(own):
        return "prints as\n%r\nnot as\n%r" % (model, own)
    for (name, ours), (_, theirs) in zip(model.named_modules(), own.named_modules()):
        a, b = attributes(ours), attributes(theirs)
        if a != b:
            return "%s has %s, not %s" % (name, {k: a.get(k) for k in a if k not in b or a[k] != b[k]},
                                          {k: b[k] for k in b if k not in a or a[k] != b[k]})
    own.load_state_dict(model.state_dict())
    if not torch.equal(model.eval()(x), own.eval()(x)):
        return "computes something else"
    loss = torch.nn.functional.mse_loss(model.train()(x), y)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    loss.backward()
    before = [p.detach().clone() for p in model.parameters()]
    optimizer.step()
    if any(torch.equal(p, q) for p, q in zip(list(model.parameters())[-1:], before[-1:])):
        return "does not learn"
    return None


def answer(row):
    torch.manual_seed(row["number"])
    own = build(row["layers"])
    for module, layer in zip(own, row["layers"]):
        if "inplace=True" in layer:  # which build leaves out
            module.inplace = True
    x, y = torch.from_numpy(numpy.load(row["x"])), torch.from_numpy(numpy.load(row["y"]))
    x = x.long() if row["tokens"] else x
    wrong = judge(row, own, x, y)
    own.train()(x)  # running statistics that are not those of the beginning
    torch.save(own, row["theirs"])
    with open(row["theirs"] + ".txt", "w", encoding="utf-8") as file:
        file.write(">>> print(model)\n%r\n" % own)
    with torch.no_grad():  # batch by batch: norms may go by the batch
        losses = [torch.nn.functional.mse_loss(own.eval()(some), wanted).item()
                  for some, wanted in zip(x.split(row["batch"]), y.split(row["batch"]))]
    return {"wrong": wrong, "loss": sum(losses) / len(losses)}


def main(path):
    torch.set_num_threads(1)
    with open(path, encoding="utf-8") as file:
        for row in json.load(file):
            if not ops and any(name in layer for layer in row["layers"] for name in ("Permute", "StochasticDepth")):
                print(json.dumps({"skip": "no torchvision"}), flush=True)
                continue
            try:
                print(json.dumps(answer(row)), flush=True)
            except Exception as error:
                print(json.dumps({"wrong": "%s: %s" % (type(error).__name__, error), "loss": 0}), flush=True)


main(sys.argv[1])
