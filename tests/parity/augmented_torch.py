"""PyTorch's side of augmented.py: augmented_torch.py FOLDER TRANSFORM STEPS, TRANSFORM as Python writes it. Prints the
losses as JSON."""
import json
import sys

import torch
from torch import nn
from torchvision import datasets, transforms  # noqa: F401 - the transform names them


def main():
    folder, transform, steps = sys.argv[1], eval(sys.argv[2]), int(sys.argv[3])
    data = datasets.CIFAR10(folder, train=True, transform=transform)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 15 * 15, 10))
    optimizer, loss_of, losses = torch.optim.SGD(model.parameters(), lr=0.01), nn.CrossEntropyLoss(), []
    for images, labels in torch.utils.data.DataLoader(data, batch_size=64, shuffle=True):
        loss = loss_of(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if len(losses) == steps:
            break
    print(json.dumps(losses))


main()
