"""PyTorch's side of predict.py, as a torchvision user writes it.

predict_torch.py folder FOLDER WEIGHTS    what the model of fixtures/predict/folder.net makes of the pictures there
predict_torch.py CIFAR10 FOLDER WEIGHTS   what a model of CIFAR-10's pictures makes of them; MNIST likewise
predict_torch.py course CHECKPOINT PICTURE...    probabilities, by a model that was saved whole
predict_torch.py accuracy CHECKPOINT ROOT        and its accuracy over CIFAR-10's test part

The first three save random parameters at WEIGHTS. All print JSON; a picture that torchvision refuses is null."""
import json
import os
import sys
import types
import warnings

import torch
import torchvision
from torch import nn
from torchvision import transforms
from torchvision.datasets.folder import default_loader

KINDS = {
    "folder": (
        lambda: nn.Sequential(nn.Conv2d(3, 4, 3, stride=2), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(),
                              nn.Dropout(0.5), nn.Linear(100, 3)),
        [transforms.Resize(14), transforms.CenterCrop(12), transforms.ToTensor(),
         transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]),
    "CIFAR10": (
        lambda: nn.Sequential(nn.Conv2d(3, 4, 5), nn.MaxPool2d(4), nn.Flatten(), nn.Linear(196, 10)),
        [transforms.Resize((32, 32)), transforms.ToTensor()]),
    "MNIST": (
        lambda: nn.Sequential(nn.Conv2d(1, 4, 5), nn.MaxPool2d(4), nn.Flatten(), nn.Linear(144, 10)),
        [transforms.Grayscale(1), transforms.Resize((28, 28)), transforms.ToTensor()]),
}


def outputs(kind, folder, weights):
    torch.manual_seed(3)
    model, steps = KINDS[kind][0](), transforms.Compose(KINDS[kind][1])
    for module in model:
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    torch.save(model.state_dict(), weights)
    model.eval()
    found = {}
    for name in sorted(os.listdir(folder)):
        try:
            image = default_loader(os.path.join(folder, name))
        except Exception:
            found[name] = None
            continue
        with torch.no_grad():
            found[name] = model(steps(image).unsqueeze(0))[0].tolist()
    print(json.dumps(found))


def load(checkpoint):
    """The course's class is not at hand, and not needed: it has one child, `model`, which does all."""
    class Tudui(nn.Module):
        def forward(self, x):
            return self.model(x)

    module = types.ModuleType("model")
    module.Tudui = Tudui
    sys.modules["model"] = sys.modules["__main__"] = module
    return torch.load(checkpoint, map_location="cpu", weights_only=False).eval()


def course(checkpoint, *pictures):
    model = load(checkpoint)
    steps = transforms.Compose([transforms.Resize((32, 32)), transforms.ToTensor()])
    with torch.no_grad():
        print(json.dumps([model(steps(default_loader(path)).unsqueeze(0)).softmax(1)[0].tolist()
                          for path in pictures]))


def accuracy(checkpoint, root):
    model = load(checkpoint)
    data = torchvision.datasets.CIFAR10(root, train=False, transform=transforms.ToTensor())
    right = 0
    with torch.no_grad():
        for images, labels in torch.utils.data.DataLoader(data, batch_size=500):
            right += (model(images).argmax(1) == labels).sum().item()
    print(json.dumps(right / len(data)))


warnings.simplefilter("ignore")
if sys.argv[1] in KINDS:
    outputs(*sys.argv[1:])
else:
    {"course": course, "accuracy": accuracy}[sys.argv[1]](*sys.argv[2:])
