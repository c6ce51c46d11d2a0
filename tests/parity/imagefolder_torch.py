"""PyTorch's side of imagefolder.py: a small CNN on a folder of pictures as a torchvision user writes it.

imagefolder_torch.py pictures FOLDER     draws a folder of pictures of many sizes, in train/ and val/
imagefolder_torch.py steps TRAIN VAL     trains two epochs; prints the losses and the test's as a line of JSON
imagefolder_torch.py files FOLDER        the files and labels of torchvision's ImageFolder, as JSON"""
import json
import os
import sys

import torch
import torchvision
from torch import nn
from torchvision import transforms

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def draw(path, width, height, number, mode="RGB"):
    import numpy
    from PIL import Image
    random = numpy.random.RandomState(number)
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [127 + 80 * numpy.sin(x / random.uniform(3, 20) + y / random.uniform(3, 20)) + random.uniform(-40, 40)
              + random.uniform(-15, 15, (height, width)) for _ in range(3)]
    image = Image.fromarray(numpy.clip(numpy.stack(planes, -1), 0, 255).astype("uint8")).convert(mode)
    image.save(path, **({"quality": 90} if path.lower().endswith(("jpg", "jpeg")) else {}))


def pictures(folder):
    """Names that sort, nest and are spelled as they please: sorting and endings are half of what is tried."""
    number = 0
    for part, count in (("train", 9), ("val", 5)):
        for label, kind in enumerate(("ants", "bees", "Zebra finches")):
            below = os.path.join(folder, part, kind)
            for name in ("", "a", "a-b", "a/c"):
                os.makedirs(os.path.join(below, name), exist_ok=True)
            for i in range(count):
                number += 1
                name = ["%d.jpg", "a/%d.png", "a-b/%d.JPEG", "a/c/x %d.jpg", "k\u00e4fer %d.png"][i % 5] % number
                draw(os.path.join(below, name), 40 + 13 * (number % 7), 35 + 11 * (number % 5), number,
                     "L" if number % 6 == 0 else "RGB")
            with open(os.path.join(below, "notes.txt"), "w", encoding="utf-8") as file:
                file.write("no picture\n")


def steps(train, val):
    torch.manual_seed(0)
    train_data = torchvision.datasets.ImageFolder(train, transforms.Compose([
        transforms.Resize((72, 80)), transforms.RandomCrop(64, padding=4), transforms.RandomHorizontalFlip(),
        transforms.RandomVerticalFlip(0.25), transforms.ToTensor(), transforms.Normalize(MEAN, STD)]))
    test_data = torchvision.datasets.ImageFolder(val, transforms.Compose([
        transforms.Resize((64, 64)), transforms.ToTensor(), transforms.Normalize(MEAN, STD)]))
    model = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(4), nn.Conv2d(8, 16, 3, padding=1),
                          nn.ReLU(), nn.MaxPool2d(4), nn.Flatten(), nn.Linear(256, len(train_data.classes)))
    loss_of, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    train_loader = torch.utils.data.DataLoader(train_data, batch_size=8, shuffle=True)
    test_loader = torch.utils.data.DataLoader(test_data, batch_size=8)
    found = {"losses": [], "test": [], "classes": train_data.classes}
    for _ in range(2):
        model.train()
        for images, labels in train_loader:
            loss = loss_of(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            found["losses"].append(loss.item())
        model.eval()
        with torch.no_grad():
            total = sum(loss_of(model(images), labels).item() * len(labels) for images, labels in test_loader)
        found["test"].append(total / len(test_data))
    print(json.dumps(found))


def files(folder):
    print(json.dumps(torchvision.datasets.ImageFolder(folder).samples))


{"pictures": pictures, "steps": steps, "files": files}[sys.argv[1]](*sys.argv[2:])
