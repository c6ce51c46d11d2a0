"""The recipe of github.com/KellerJordan/cifar10-airbench (legacy/airbench94.py, MIT) in PyTorch, on the CPU and as
small as it goes. As a program it is PyTorch's side of airbench.py, and prints a line of JSON.

airbench_torch.py SAMPLES.bin LABELS.bin BATCH EPOCHS RATE"""
import json
import sys

import torch
from torch import nn
from torch.nn import functional as F

from layers_torch import pixels, read
from training_torch import Lookahead, whiten

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)


class Mul(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def forward(self, x):
        return x * self.scale


class ConvGroup(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding="same", bias=False)
        self.pool = nn.MaxPool2d(2)
        self.norm1 = nn.BatchNorm2d(outputs, eps=1e-12, momentum=0.4)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding="same", bias=False)
        self.norm2 = nn.BatchNorm2d(outputs, eps=1e-12, momentum=0.4)
        self.activ = nn.GELU()

    def forward(self, x):
        x = self.activ(self.norm1(self.pool(self.conv1(x))))
        return self.activ(self.norm2(self.conv2(x)))


def make_net(widths, images):
    net = nn.Sequential(nn.Conv2d(3, 24, 2), nn.GELU(), *(ConvGroup(*pair) for pair in zip((24, *widths), widths)),
                        nn.MaxPool2d(3), nn.Flatten(), nn.Linear(widths[-1], 10, bias=False), Mul(1 / 9))
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.dirac_(module.weight.data[:module.weight.size(1)])
        if isinstance(module, nn.BatchNorm2d):
            module.weight.requires_grad_(False)
    nn.init.zeros_(net[0].bias)
    nn.init.uniform_(net[-2].weight, -1 / 16, 1 / 16)
    whiten(net[0], images)
    net[0].weight.requires_grad_(False)
    return net


class Recipe:
    """What changes the network: a step on the sum of a batch's losses."""

    def __init__(self, net, batch, updates, rate=11.5):
        self.net, rise = net, updates * 23 // 100
        scale = 1024 * (1 + 1 / (1 - 0.85))
        lr, decay = rate / scale, 0.0153 / 11.5 * rate * batch / scale
        learned = [(name, p) for name, p in net.named_parameters() if p.requires_grad]
        self.optimizer = torch.optim.SGD(
            [dict(params=[p for name, p in learned if "norm" in name], lr=64 * lr, weight_decay=decay / (64 * lr)),
             dict(params=[p for name, p in learned if "norm" not in name], lr=lr, weight_decay=decay / lr)],
            momentum=0.85, nesterov=True)

        def get_lr(step):
            if step < rise:
                return 0.2 + 0.8 * step / rise
            return 1 - 0.93 * (step - rise) / (updates - rise)
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, get_lr)
        self.lookahead = Lookahead(5, 1 - 0.95 ** 5, 3)
        self.lookahead.begin(net, updates)

    def step(self, images, labels):
        loss = F.cross_entropy(self.net(images), labels, label_smoothing=0.2, reduction="none").sum()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.scheduler.step()
        self.lookahead.update(self.net)
        return loss.item() / len(labels)


def begins_flipped(sample):
    """As the runtime's flip.c has it."""
    mask = (1 << 64) - 1
    z = (sample + 0x9e3779b97f4a7c15) & mask
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & mask
    z = (z ^ z >> 27) * 0x94d049bb133111eb & mask
    return (z ^ z >> 31) & 1


def flip(images, flips):
    return torch.where(flips.view(-1, 1, 1, 1) == 1, images.flip(-1), images)


def infer(net, x):
    """tta_level 2"""
    def infer_mirror(x):
        return 0.5 * net(x) + 0.5 * net(x.flip(-1))
    padded = F.pad(x, (1,) * 4, "reflect")
    moved = [infer_mirror(padded[:, :, at:at + 32, at:at + 32]) for at in (0, 2)]
    return 0.5 * infer_mirror(x) + 0.5 * torch.stack(moved).mean(0)


def main(samples, labels, batch, epochs, rate):
    batch, epochs = int(batch), int(epochs)
    data, labels = read(samples, labels)
    images = pixels(data, (MEAN, STD))
    flips = torch.tensor([begins_flipped(i) for i in range(len(images))])
    torch.manual_seed(0)
    net = make_net((8, 16, 32), flip(images, flips)[:5000])
    recipe = Recipe(net, batch, len(images) // batch * epochs, float(rate))
    order = torch.utils.data.DataLoader(range(len(images)), batch_size=batch, shuffle=True, drop_last=True)
    losses = [recipe.step(flip(images[indices], flips[indices] ^ epoch & 1), labels[indices])
              for epoch in range(epochs) for indices in order]
    net.eval()
    with torch.no_grad():
        outputs = infer(net, images)
    print(json.dumps({"losses": losses,
                      "test_loss": F.cross_entropy(outputs, labels, label_smoothing=0.2).item(),
                      "test_accuracy": (outputs.argmax(1) == labels).float().mean().item()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
