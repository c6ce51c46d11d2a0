"""PyTorch's side of onnx_export.py: a line of JSON a model, {"wrong": what is wrong, or null}.

onnx_export_torch.py draw MODELS.json     writes the parameters of each
onnx_export_torch.py compare MODELS.json  holds ONNX Runtime to PyTorch, on four samples"""
import json
import sys

import numpy
import onnx
import onnxruntime
import torch

from layers_torch import NAMES, build

NAMES.update({name: getattr(torch.nn, name) for name in ("Dropout", "Dropout1d", "Dropout2d")})


def made(model):
    if model["layers"]:
        return build(model["layers"])
    from torchvision import models
    settings = {"aux_logits": False, "init_weights": False} if model["key"] == "googlenet" else {}
    return getattr(models, model["key"])(**settings)


def samples(model, count):
    r = torch.Generator().manual_seed(model["number"])
    if model["tokens"]:
        return torch.randint(model["tokens"], (count, *model["shape"]), generator=r)
    return torch.randn((count, *model["shape"]), generator=r)


def drawn(name, shape):
    if name.endswith("num_batches_tracked"):
        return torch.tensor(0)
    if name.endswith("running_var") or (name.endswith("weight") and len(shape) == 1):
        return torch.rand(shape) + 0.5
    return torch.randn(shape) / max(1, numpy.prod(shape[1:])) ** 0.5


def draw(model):
    """Running statistics are those of a batch; of what begins as 0 or 1, something else."""
    torch.manual_seed(model["number"])
    if model["parameters"]:
        torch.save({name: drawn(name, [int(size) for size in shape.split("x")])
                    for name, shape in model["parameters"]}, model["weights"])
        samples(model, 2).numpy().astype(numpy.float32).tofile(model["x"])
        return {"wrong": None}
    module = made(model)
    with torch.no_grad():
        for tensor in module.parameters():
            if tensor.numel() > 0 and bool((tensor == tensor.flatten()[0]).all()):
                tensor.add_(torch.rand_like(tensor) * 0.5)
        module.train()(samples(model, 4))
    torch.save(module.state_dict(), model["weights"])
    return {"wrong": None}


def wanted_of(model, x):
    if model["parameters"]:
        return numpy.fromfile(model["y"], numpy.float32)
    module = made(model)
    module.load_state_dict(torch.load(model["weights"], weights_only=True))
    with torch.no_grad():
        return module.eval()(x).numpy()


def compare(model):
    x = samples(model, 4 if model["layers"] else 2)
    wanted = wanted_of(model, x)
    onnx.checker.check_model(model["onnx"], full_check=True)
    session = onnxruntime.InferenceSession(model["onnx"], providers=["CPUExecutionProvider"])
    ours = session.run(None, {"input": x.numpy()})[0]
    if model["parameters"]:
        wanted = wanted.reshape(ours.shape) if wanted.size == ours.size else wanted
    if ours.shape != wanted.shape:
        return {"wrong": "gives %s, PyTorch %s" % (ours.shape, wanted.shape)}
    apart = float(numpy.abs(ours - wanted).max() / max(1e-30, numpy.abs(wanted).max()))
    return {"wrong": None if apart <= 1e-5 else "is %.1e apart from PyTorch" % apart, "worst": apart}


def main(what, path):
    torch.set_num_threads(1)
    with open(path, encoding="utf-8") as file:
        for model in json.load(file):
            try:
                answer = {"draw": draw, "compare": compare}[what](model)
            except Exception as error:  # of whatever kind: it is the row's answer
                answer = {"wrong": "%s: %s" % (type(error).__name__, error)}
            print(json.dumps(answer), flush=True)


main(*sys.argv[1:])
