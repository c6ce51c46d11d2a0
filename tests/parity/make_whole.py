"""Makes tests/fixtures/whole/*.pth: small whole models as torch.save wrote them, and beside each what print shows of it
and the test loss that import_test.py expects. The bytes vary with the version of torch.

    python make_whole.py
"""
import os
from collections import OrderedDict

import torch
from torch import nn

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "fixtures", "whole")


class Course(nn.Module):
    """As the tutorials write models: a Sequential within a class."""

    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Conv2d(3, 4, 5, 1, 2), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 3))

    def forward(self, x):
        return self.model(x)


class Parts(nn.Module):
    """As torchvision writes VGG: a flatten between its children that is none of them, and a child that is None."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(OrderedDict(conv=nn.Conv2d(3, 4, 3, padding=1, bias=False),
                                                  norm=nn.BatchNorm2d(4), act=nn.LeakyReLU(0.2, inplace=True)))
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.extra = None
        self.classifier = nn.Sequential(nn.Dropout(0.3), nn.Linear(16, 3))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)

    def forward(self, x):
        return x + self.conv(x)


class Residual(nn.Module):
    """What no file tells: Block adds its input."""

    def __init__(self):
        super().__init__()
        self.first, self.second = Block(), Block()

    def forward(self, x):
        return self.second(self.first(x))


def samples():
    """What import_test.py computes too: 4 samples of 3x8x8 and their targets."""
    x = torch.tensor([((i * 37) % 101) / 50 - 1 for i in range(4 * 192)], dtype=torch.float32).view(4, 3, 8, 8)
    y = torch.tensor([((i * 29) % 17) / 8 - 1 for i in range(12)], dtype=torch.float32).view(4, 3)
    return x, y


def main():
    torch.manual_seed(0)
    x, y = samples()
    for name, model in (("course", Course()), ("parts", Parts()), ("residual", Residual())):
        if name == "parts":
            model.train()(x)  # running statistics
        torch.save(model, os.path.join(FOLDER, name + ".pth"))
        with open(os.path.join(FOLDER, name + ".txt"), "w", encoding="utf-8") as file:
            file.write("%r\n" % model)
            if name != "residual":
                file.write("# test loss %.6f\n" % nn.functional.mse_loss(model.eval()(x), y).item())


main()
