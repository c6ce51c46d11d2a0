"""An epoch of the tutorials' training script for CIFAR-10, with its test: torch_epoch.py FOLDER THREADS PICTURES.
FOLDER has cifar-10-batches-py; PICTURES is how many of the training pictures an epoch takes (50000: all).

torchvision.datasets.CIFAR10 and transforms.ToTensor are written out here as torchvision's own sources do it, so that
it need not be installed: the pickled batches are read and stacked once; for each sample Image.fromarray makes a picture
of it, and ToTensor a tensor: np.array, from_numpy, view, permute, contiguous, float, div(255). Prints three numbers:
seconds to read the data, to train, to test."""
import os
import pickle
import sys
import tempfile
import time

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torch.utils.tensorboard import SummaryWriter


class ToTensor:
    def __call__(self, picture):
        image = torch.from_numpy(np.array(picture, np.uint8, copy=True))
        image = image.view(picture.size[1], picture.size[0], len(picture.getbands()))
        image = image.permute((2, 0, 1)).contiguous()
        return image.to(dtype=torch.get_default_dtype()).div(255)


class CIFAR10(Dataset):
    def __init__(self, root, train, transform):
        self.transform, data, self.targets = transform, [], []
        for name in ["data_batch_%d" % number for number in range(1, 6)] if train else ["test_batch"]:
            with open(os.path.join(root, "cifar-10-batches-py", name), "rb") as file:
                entry = pickle.load(file, encoding="latin1")
            data.append(entry["data"])
            self.targets.extend(entry["labels"])
        self.data = np.vstack(data).reshape(-1, 3, 32, 32).transpose((0, 2, 3, 1))

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.data[index])), self.targets[index]

    def __len__(self):
        return len(self.data)


class Tudui(nn.Module):
    def __init__(self):
        super().__init__()
        self.model = nn.Sequential(nn.Conv2d(3, 32, 5, 1, 2), nn.MaxPool2d(2), nn.Conv2d(32, 32, 5, 1, 2),
                                   nn.MaxPool2d(2), nn.Conv2d(32, 64, 5, 1, 2), nn.MaxPool2d(2), nn.Flatten(),
                                   nn.Linear(64 * 4 * 4, 64), nn.Linear(64, 10))

    def forward(self, x):
        return self.model(x)


def main(root, threads, pictures):
    torch.set_num_threads(threads)
    began = time.perf_counter()
    train_data, test_data = CIFAR10(root, True, ToTensor()), CIFAR10(root, False, ToTensor())
    train_data.data = train_data.data[:pictures]
    read = time.perf_counter()
    train_dataloader = DataLoader(train_data, batch_size=64, shuffle=True)
    test_dataloader = DataLoader(test_data, batch_size=64)
    tudui, loss_fn = Tudui(), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(tudui.parameters(), lr=1e-2)
    with tempfile.TemporaryDirectory() as folder:
        writer, step = SummaryWriter(os.path.join(folder, "logs_train")), 0
        for images, labels in train_dataloader:
            loss = loss_fn(tudui(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            if step % 100 == 0:
                writer.add_scalar("train_loss", loss.item(), step)
        trained = time.perf_counter()
        total_loss = total_right = 0
        tudui.eval()
        with torch.no_grad():
            for images, labels in test_dataloader:
                outputs = tudui(images)
                total_loss += loss_fn(outputs, labels).item()
                total_right += (outputs.argmax(1) == labels).sum().item()
        writer.add_scalar("test_loss", total_loss, 0)
        writer.add_scalar("test_accuracy", total_right / len(test_data), 0)
        torch.save(tudui.state_dict(), os.path.join(folder, "tudui_0.pth"))
        writer.close()
    print("%.3f %.3f %.3f" % (read - began, trained - read, time.perf_counter() - trained))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
