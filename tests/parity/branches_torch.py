"""PyTorch's side of branches.py: the samples whose branches meet, as one writes them in PyTorch.

branches_torch.py SAMPLE X.npy Y.npy SAVED.pth LOSS OPTIMIZER BATCH EPOCHS     prints JSON"""
import json
import sys

import numpy
import torch
from torch import nn

from layers_torch import NAMES, compare

Dropout, StochasticDepth = NAMES["Dropout"], NAMES["StochasticDepth"]


class DenseLayer(nn.Module):
    def __init__(self, channels, growth):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.conv1 = nn.Conv2d(channels, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, x):
        new = self.conv2(self.relu(self.norm2(self.conv1(self.relu(self.norm1(x))))))
        return torch.cat([x, new], 1)


class DenseNet(nn.Module):
    def __init__(self, growth=16):
        super().__init__()
        channels = 2 * growth
        self.conv0 = nn.Conv2d(3, channels, 3, stride=2, padding=1, bias=False)
        for number in (1, 2):
            block = nn.Sequential()
            for place in (1, 2, 3):
                block.add_module("denselayer%d" % place, DenseLayer(channels, growth))
                channels += growth
            self.add_module("denseblock%d" % number, block)
            if number == 1:
                transition = nn.Sequential()
                transition.add_module("norm", nn.BatchNorm2d(channels))
                transition.add_module("relu", nn.ReLU())
                transition.add_module("conv", nn.Conv2d(channels, 48, 1, bias=False))
                transition.add_module("pool", nn.AvgPool2d(2))
                self.add_module("transition%d" % number, transition)
                channels = 48
        self.norm5 = nn.BatchNorm2d(channels)
        self.classifier = nn.Linear(channels, 10)

    def forward(self, x):
        x = self.denseblock2(self.transition1(self.denseblock1(self.conv0(x))))
        return self.classifier(torch.relu(self.norm5(x)).mean((2, 3)))


class Conv(nn.Module):
    def __init__(self, inputs, channels, kernel, padding=0):
        super().__init__()
        self.conv = nn.Conv2d(inputs, channels, kernel, padding=padding, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(self.bn(self.conv(x)))


class Inception(nn.Module):
    def __init__(self, inputs, one, reduced3, three, reduced5, five, pool):
        super().__init__()
        self.branch1 = Conv(inputs, one, 1)
        self.branch2 = nn.Sequential(Conv(inputs, reduced3, 1), Conv(reduced3, three, 3, padding=1))
        self.branch3 = nn.Sequential(Conv(inputs, reduced5, 1), Conv(reduced5, five, 5, padding=2))
        self.branch4 = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), Conv(inputs, pool, 1))

    def forward(self, x):
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class Inceptions(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = Conv(3, 32, 3, padding=1)
        self.inception2a = Inception(32, 16, 16, 32, 8, 16, 16)
        self.inception3a = Inception(80, 48, 32, 64, 8, 16, 32)
        self.dropout = Dropout(0.2)
        self.fc = nn.Linear(160, 10)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        x = self.inception2a(self.pool(self.conv1(x)))
        return self.fc(self.dropout(self.inception3a(self.pool(x)).mean((2, 3))))


def twice(inputs, channels):
    return nn.Sequential(nn.Conv2d(inputs, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(),
                         nn.Conv2d(channels, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU())


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down1 = twice(3, 16)
        self.down2 = twice(16, 32)
        self.down3 = twice(32, 64)
        self.pool = nn.MaxPool2d(2)
        self.up2 = nn.ConvTranspose2d(64, 32, 2, stride=2)
        self.conv2 = twice(64, 32)
        self.up1 = nn.ConvTranspose2d(32, 16, 2, stride=2)
        self.conv1 = twice(32, 16)
        self.head = nn.Conv2d(16, 11, 1)

    def forward(self, x):
        one = self.down1(x)
        two = self.down2(self.pool(one))
        up = self.up2(self.down3(self.pool(two)))
        up = self.up1(self.conv2(torch.cat([two, up], 1)))
        return self.head(self.conv1(torch.cat([one, up], 1)))


class SqueezeExcitation(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, channels // 4, 1)
        self.fc2 = nn.Conv2d(channels // 4, channels, 1)

    def forward(self, x):
        return x * torch.sigmoid(self.fc2(torch.relu(self.fc1(x.mean((2, 3), keepdim=True)))))


class SEBlock(nn.Module):
    def __init__(self, inputs, channels, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.se = SqueezeExcitation(channels)
        self.depth = StochasticDepth(0.1, "row")
        self.downsample = None
        if stride != 1 or inputs != channels:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, channels, 1, stride=stride, bias=False),
                                            nn.BatchNorm2d(channels))

    def forward(self, x):
        y = self.se(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))))
        return torch.relu(self.depth(y) + x if self.downsample is None else y + self.downsample(x))


class SENet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(SEBlock(16, 16))
        self.layer2 = nn.Sequential(SEBlock(16, 32, 2), SEBlock(32, 32))
        self.fc = nn.Linear(32, 10)

    def forward(self, x):
        x = self.layer2(self.layer1(torch.relu(self.bn1(self.conv1(x)))))
        return self.fc(x.mean((2, 3)))


MODELS = {"densenet": DenseNet, "inception": Inceptions, "unet": UNet, "senet": SENet}


def main(sample, x, y, saved, loss, optimizer, batch, epochs):
    torch.set_num_threads(1)
    x, y = torch.from_numpy(numpy.load(x)), torch.from_numpy(numpy.load(y)).long()
    torch.manual_seed(0)
    model = MODELS[sample]()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    loss_of = eval(loss, vars(nn))
    learner = eval(optimizer.replace("(", "(parameters, ", 1), dict(vars(torch.optim), parameters=model.parameters()))
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=int(batch))
    losses, tested = [], []
    for _ in range(int(epochs)):
        model.train()
        for samples, targets in loader:
            loss = loss_of(model(samples), targets)
            learner.zero_grad()
            loss.backward()
            learner.step()
            losses.append(loss.item())
        model.eval()
        with torch.no_grad():
            tested.append(loss_of(model(x), y).item())
        torch.empty((), dtype=torch.int64).random_()  # the seed of the loader that tests
    print(json.dumps({"losses": losses, "tested": tested, "worst": compare(model, before, saved)}))


main(*sys.argv[1:])
