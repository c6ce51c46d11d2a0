"""Makes tests/unit/checkpoint_fixture.h: small files that torch.save wrote, and the values in them.

    python make_checkpoint.py > ../unit/checkpoint_fixture.h

The bytes vary with the version of torch. The model is that of test_checkpoint.c. Every value is a multiple of an
eighth, so that half precision holds it exactly; the test computes them by the same formula.
"""
import io
import pickletools
from collections import OrderedDict

import safetensors.torch
import torch

SHAPES = OrderedDict([("0.weight", (4, 2, 1, 3)), ("0.bias", (4,)), ("fc.weight", (3, 5))])


def tensors(dtype=torch.float32):
    """Values -4 to 3.875 in eighths, by the number of the tensor and of the element."""
    made = OrderedDict()
    for number, (name, shape) in enumerate(SHAPES.items()):
        count = torch.Size(shape).numel()
        made[name] = ((torch.arange(count) * 7 + number * 13) % 64 / 8 - 4).reshape(shape).to(dtype)
    return made


def saved(value, **options):
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


def show(name, content):
    print(f"FIXTURE unsigned char {name}[] = {{")
    for i in range(0, len(content), 24):
        print("    " + " ".join("%d," % byte for byte in content[i:i + 24]))
    print("};\n")


def shared():
    """The same values in one storage of doubles, from an offset; a transposed and a channels-last one among them."""
    plain = tensors(torch.float64)
    big = torch.zeros(7 + sum(t.numel() for t in plain.values()), dtype=torch.float64)
    made, at = OrderedDict(), 7
    for name, tensor in plain.items():
        view = big[at:at + tensor.numel()]
        at += tensor.numel()
        if tensor.dim() == 4:
            view = view.view(4, 1, 3, 2).permute(0, 3, 1, 2)
        elif tensor.dim() == 2:
            view = view.view(5, 3).t()
        view.copy_(tensor)
        made[name] = view.view(tensor.shape) if tensor.dim() == 1 else view
    return made


class Small(torch.nn.Module):
    """The model of the test, as people write one; beside its parameters a buffer that its state_dict leaves out."""

    def __init__(self):
        super().__init__()
        self.add_module("0", torch.nn.Conv2d(2, 4, (1, 3)))
        self.relu = torch.nn.ReLU()
        self.fc = torch.nn.Linear(5, 3, bias=False)
        self.register_buffer("grid", torch.zeros(2), persistent=False)


def whole():
    model = Small()
    model.load_state_dict(tensors())
    return model


def python2(content):
    """The same file with its OrderedDict as Python 2 pickles one: a call with a list of pairs."""
    file, at = io.BytesIO(content), []
    for _ in range(4):
        at.append(file.tell())
        for opcode, _, _ in pickletools.genops(file):
            pass
    end = file.tell()
    pickled, pairs = content[at[3]:end], []
    first = pickled.index(b"X")  # of the keys; each one is followed by its tensor
    body, last = pickled[first:], 0
    starts = [body.index(b"X%c\0\0\0" % len(name) + name.encode()) for name in SHAPES]
    for start, stop in zip(starts, starts[1:] + [body.rindex(b"u")]):
        pairs.append(b"]" + b"(" + body[start:stop] + b"e")
    made = b"\x80\x02" + b"ccollections\nOrderedDict\nq\0" + b"](" + b"".join(pairs) + b"e\x85R."
    return content[:at[3]] + made + content[end:]


def main():
    print("/* Made by tests/parity/make_checkpoint.py with PyTorch %s. */" % torch.__version__.split("+")[0])
    print("#define FIXTURE static const __attribute__((unused))\n")
    show("torch_zip", saved(tensors()))
    show("torch_old", saved(tensors(), _use_new_zipfile_serialization=False))
    show("torch_shared", saved({"epoch": 3, "lr": 0.5, "state_dict": shared()}))
    show("torch_half", saved({"model": {k: torch.nn.Parameter(v) for k, v in tensors(torch.float16).items()}}))
    show("torch_bfloat16", saved(tensors(torch.bfloat16)))
    wrong = tensors()
    del wrong["0.bias"]
    wrong["fc.weight"] = torch.zeros(3, 6)
    wrong["fc.bias"] = torch.zeros(3)
    wrong["extra"] = torch.zeros(1)
    show("torch_wrong", saved(wrong))
    show("torch_whole", saved(whole()))
    show("torch_whole_old", saved({"epoch": 3, "net": whole()}, _use_new_zipfile_serialization=False))
    show("torch_prefixed", saved(OrderedDict(("module." + name, t) for name, t in tensors().items())))
    show("torch_nothing", saved([1, 2]))
    show("torch_python2", python2(saved(tensors(), _use_new_zipfile_serialization=False)))
    show("huggingface", safetensors.torch.save({name: t.to(torch.float64) if name == "0.bias" else t
                                                for name, t in tensors().items()}, {"format": "pt"}))


main()
