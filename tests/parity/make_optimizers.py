"""Makes tests/unit/optimizer_fixture.h: the weights after twelve steps of each optimizer of torch.optim.

    python make_optimizers.py > ../unit/optimizer_fixture.h
    python make_optimizers.py --apart      # how far PyTorch is from itself with exact square roots

Bits are 32-bit words, weights and gradients are drawn from seeds that the test draws them from too. PyTorch's builds
for x86 take square roots from MKL, which are one unit in the last place off for some numbers: here they are exact."""
import sys

import numpy
import torch
from torch import nn

torch.set_num_threads(1)
ELEMENTS, STEPS = 45, 12

# The arguments of the runtime's functions, in their order.
ORDER = {
    "SGD": ("lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize"),
    "Adam": ("lr", "betas", "eps", "weight_decay", "amsgrad", "maximize", "decoupled_weight_decay"),
    "AdamW": ("lr", "betas", "eps", "weight_decay", "amsgrad", "maximize"),
    "NAdam": ("lr", "betas", "eps", "weight_decay", "momentum_decay", "decoupled_weight_decay", "maximize"),
    "RAdam": ("lr", "betas", "eps", "weight_decay", "decoupled_weight_decay", "maximize"),
    "RMSprop": ("lr", "alpha", "eps", "weight_decay", "momentum", "centered", "maximize"),
    "Adagrad": ("lr", "lr_decay", "weight_decay", "initial_accumulator_value", "eps", "maximize"),
    "Adadelta": ("lr", "rho", "eps", "weight_decay", "maximize"),
    "Adamax": ("lr", "betas", "eps", "weight_decay", "maximize"),
}
SETTINGS = [
    ("SGD", {}), ("SGD", dict(lr=0.1, weight_decay=5e-4)), ("SGD", dict(lr=0.01, momentum=0.9)),
    ("SGD", dict(lr=0.3, momentum=0.9, dampening=0.2, weight_decay=0.01)),
    ("SGD", dict(lr=0.05, momentum=0.8, nesterov=True, weight_decay=1e-3)),
    ("SGD", dict(lr=0.05, momentum=0.8, maximize=True, weight_decay=1e-3)),
    ("Adam", {}), ("Adam", dict(lr=0.02, betas=(0.8, 0.99), eps=1e-4, weight_decay=0.1)),
    ("Adam", dict(lr=0.02, amsgrad=True)), ("Adam", dict(lr=0.02, betas=(0.3, 0.5), amsgrad=True, maximize=True)),
    ("Adam", dict(lr=0.02, weight_decay=0.1, decoupled_weight_decay=True)), ("Adam", dict(betas=(0.0, 0.0))),
    ("AdamW", {}), ("AdamW", dict(lr=0.05, weight_decay=0.2, amsgrad=True)),
    ("AdamW", dict(lr=0.05, weight_decay=0, maximize=True)),
    ("NAdam", {}), ("NAdam", dict(lr=0.03, betas=(0.7, 0.95), weight_decay=0.1, momentum_decay=0.05)),
    ("NAdam", dict(lr=0.03, weight_decay=0.1, decoupled_weight_decay=True, maximize=True)),
    ("RAdam", {}), ("RAdam", dict(lr=0.05, betas=(0.8, 0.9), weight_decay=0.1)),
    ("RAdam", dict(lr=0.05, weight_decay=0.1, decoupled_weight_decay=True, maximize=True)),
    ("RMSprop", {}), ("RMSprop", dict(lr=0.02, alpha=0.8, momentum=0.9, weight_decay=0.01)),
    ("RMSprop", dict(lr=0.02, centered=True, eps=1e-3)),
    ("RMSprop", dict(lr=0.02, alpha=0.3, centered=True, momentum=0.5, maximize=True)),
    ("Adagrad", {}), ("Adagrad", dict(lr=0.1, lr_decay=0.1, weight_decay=0.01, initial_accumulator_value=0.5)),
    ("Adagrad", dict(lr=0.1, maximize=True)),
    ("Adadelta", {}), ("Adadelta", dict(lr=3.0, rho=0.6, eps=1e-3, weight_decay=0.1)),
    ("Adadelta", dict(lr=3.0, maximize=True)),
    ("Adamax", {}), ("Adamax", dict(lr=0.05, betas=(0.4, 0.9), weight_decay=0.1)), ("Adamax", dict(maximize=True)),
]


def drawn(seed):
    return torch.empty(ELEMENTS).uniform_(-1, 1, generator=torch.Generator().manual_seed(seed))


def exact_roots():
    """Correctly rounded square roots, as builds without MKL have them."""
    def sqrt(tensor):
        return torch.from_numpy(numpy.sqrt(tensor.detach().numpy()))
    torch.Tensor.sqrt = sqrt
    torch.Tensor.sqrt_ = lambda tensor: tensor.copy_(sqrt(tensor))


def trained(name, settings):
    weights = nn.Parameter(drawn(1))
    optimizer = getattr(torch.optim, name)([weights], **settings)
    for step in range(STEPS):
        weights.grad = drawn(100 + step)
        optimizer.step()
    return weights.detach(), optimizer


def values(name, optimizer):
    numbers = []
    for key in ORDER[name]:
        value = optimizer.defaults[key]
        numbers += [float(one) for one in (value if isinstance(value, tuple) else (value,))]
    return numbers


def print_bits(name, tensor):
    words = [w & 0xffffffff for w in tensor.contiguous().view(torch.int32).tolist()]
    print(f"FIXTURE unsigned {name}[] = {{")
    for i in range(0, len(words), 8):
        print("    " + " ".join(f"0x{w:08x}," for w in words[i:i + 8]))
    print("};\n")


def clipped():
    """Adam over two tensors, of 30 and 15 elements, of which the second has settings of its own; clipped norms."""
    first, second = nn.Parameter(drawn(1)[:30].clone()), nn.Parameter(drawn(1)[30:].clone())
    optimizer = torch.optim.Adam([dict(params=[first]), dict(params=[second], lr=0.1, betas=(0.5, 0.6))], lr=0.02,
                                 weight_decay=0.01)
    for step in range(STEPS):
        gradient = drawn(100 + step) * (step + 1)
        first.grad, second.grad = gradient[:30].clone(), gradient[30:].clone()
        nn.utils.clip_grad_norm_([first, second], 10.0)
        optimizer.step()
    return torch.cat([first.detach(), second.detach()])


def main():
    print(f"/* Made by tests/parity/make_optimizers.py with PyTorch {torch.__version__.split('+')[0]}. */")
    print("#ifndef NETC_TESTS_OPTIMIZER_FIXTURE_H\n#define NETC_TESTS_OPTIMIZER_FIXTURE_H\n")
    print("#define FIXTURE static const __attribute__((unused))\n")
    results = [trained(name, settings) for name, settings in SETTINGS]
    print("FIXTURE struct {\n    const char *name;\n    double value[8];\n} optimizers[] = {")
    for (name, _), (_, optimizer) in zip(SETTINGS, results):
        print(f"    {{\"{name}\", {{{', '.join(repr(value) for value in values(name, optimizer))}}}}},")
    print("};\n")
    print_bits("optimizer_bits", torch.cat([weights for weights, _ in results]))
    print_bits("clipped_bits", clipped())
    print("#endif")


def apart():
    as_is = [trained(name, settings)[0] for name, settings in SETTINGS]
    exact_roots()
    for (name, settings), theirs in zip(SETTINGS, as_is):
        exact = trained(name, settings)[0]
        print(f"{name:9} {(exact - theirs).abs().max().item():.1e} {settings}")


if __name__ == "__main__":
    if "--apart" in sys.argv:
        apart()
    else:
        exact_roots()
        main()
