"""PyTorch's side of transfer.py: the transfer-learning tutorial as PyTorch's own site tells it.

transfer_torch.py weights FILE                       what torch.save writes of a ResNet-18, its numbers drawn anew
transfer_torch.py train FILE TRAIN VAL EPOCHS BATCH KIND THREADS
    replaces the head of a ResNet-18 with FILE's parameters and trains it, all of it (KIND whole) or the head alone
    (head); prints the losses of the steps, the test's loss and accuracy of the epochs, and the seconds of an epoch, of
    the clock and of the processor, as JSON"""
import json
import sys
import time

import torch
import torchvision
from torch import nn
from torchvision import transforms

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def weights(path):
    torch.manual_seed(7)
    torch.save(torchvision.models.resnet18().state_dict(), path)


def train(path, train_folder, val_folder, epochs, batch, kind, threads):
    torch.set_num_threads(int(threads))
    torch.manual_seed(0)
    train_data = torchvision.datasets.ImageFolder(train_folder, transforms.Compose([
        transforms.RandomResizedCrop(224), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
        transforms.Normalize(MEAN, STD)]))
    val_data = torchvision.datasets.ImageFolder(val_folder, transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), transforms.Normalize(MEAN, STD)]))
    train_loader = torch.utils.data.DataLoader(train_data, batch_size=int(batch), shuffle=True)
    val_loader = torch.utils.data.DataLoader(val_data, batch_size=int(batch))

    model = torchvision.models.resnet18()
    model.load_state_dict(torch.load(path))
    if kind == "head":
        for parameter in model.parameters():
            parameter.requires_grad = False
    model.fc = nn.Linear(model.fc.in_features, 2)
    loss_of = nn.CrossEntropyLoss()
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(learning, lr=0.001, momentum=0.9)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.1)

    found = {"losses": [], "test": [], "seconds": []}
    for _ in range(int(epochs)):
        begin, busy = time.time(), time.process_time()
        model.train()
        for images, labels in train_loader:
            optimizer.zero_grad()
            loss = loss_of(model(images), labels)
            loss.backward()
            optimizer.step()
            found["losses"].append(loss.item())
        scheduler.step()
        model.eval()
        total, right = 0.0, 0
        with torch.no_grad():
            for images, labels in val_loader:
                outputs = model(images)
                total += loss_of(outputs, labels).item() * len(labels)
                right += (outputs.argmax(1) == labels).sum().item()
        found["test"].append([total / len(val_data), right / len(val_data)])
        found["seconds"].append([time.time() - begin, time.process_time() - busy])
    print(json.dumps(found))


{"weights": weights, "train": train}[sys.argv[1]](*sys.argv[2:])
