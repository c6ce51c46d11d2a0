"""Makes tests/unit/core_fixture.h: what PyTorch draws and computes where the runtime's core must do the same.

    python make_core.py > ../unit/core_fixture.h

Bits are given as 32-bit words. The inputs are drawn from seeds that the tests draw them from too.
"""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.set_num_threads(1)


def numbers(kind, name, values):
    print(f"FIXTURE {kind} {name}[] = {{")
    for i in range(0, len(values), 8):
        print("    " + " ".join(f"{v}," for v in values[i:i + 8]))
    print("};\n")


def bits(name, tensor):
    words = tensor.detach().contiguous().flatten().view(torch.int32).tolist()
    numbers("unsigned", name, [f"0x{w & 0xffffffff:08x}" for w in words])


def drawn(count, seed, low=-1.0, high=1.0):
    return torch.empty(count).uniform_(low, high, generator=torch.Generator().manual_seed(seed))


def initial():
    torch.manual_seed(5)
    convolution, linear = nn.Conv2d(3, 2, 3), nn.Linear(7, 3)
    bits("initial_bits", torch.cat([p.flatten() for m in (convolution, linear) for p in m.parameters()]))


def normals():
    """As tensors of a model are drawn: blocks of 16 with a rest, then few one by one, of which one waits."""
    torch.manual_seed(5)
    drawn = [nn.init.normal_(torch.empty(n), 0.1, 0.3) for n in (64, 37, 7, 4)]
    drawn.append(nn.init.trunc_normal_(torch.empty(50), 0.2, 0.5, -0.3, 0.4))
    drawn.append(nn.init.trunc_normal_(torch.empty(50), 0.2, 0.5, 0.9, 2.0))
    bits("normal_bits", torch.cat(drawn))
    torch.manual_seed(5)
    drawn = [nn.init.orthogonal_(torch.empty(shape), 1.5).flatten() for shape in ((5, 5), (3, 7), (6, 2))]
    bits("orthogonal_bits", torch.cat(drawn))


def orders():
    """Two epochs of a shuffled loader, each followed by a pass over a test loader; with dropout within."""
    torch.manual_seed(0)
    train = DataLoader(TensorDataset(torch.arange(23)), batch_size=4, shuffle=True)
    test = DataLoader(TensorDataset(torch.arange(5)), batch_size=4)
    dropout, order, kept = nn.Dropout(0.3), [], []
    for _ in range(2):
        for batch, in train:
            order += batch.tolist()
        kept += (dropout(torch.ones(2, 6)) != 0).int().flatten().tolist()
        for _ in test:
            pass
    numbers("int", "train_order", order)
    numbers("int", "dropout_kept", kept)


print(f"/* Made by tests/parity/make_core.py with PyTorch {torch.__version__.split('+')[0]}. */")
print("#ifndef NETC_TESTS_CORE_FIXTURE_H\n#define NETC_TESTS_CORE_FIXTURE_H\n")
print("#define FIXTURE static const __attribute__((unused))\n")
initial()
normals()
orders()
print("#endif")
