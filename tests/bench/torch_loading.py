"""torchvision's side of the bench's row `loading`: passes over a DataLoader, and nothing done with the batches.

torch_loading.py folder|cifar10 DATA WORKERS prints pictures a second: the fastest of three passes after a first one."""
import os
import sys
import time

import torch
from torchvision import datasets, transforms


def data_set(which, data):
    if which == "folder":
        return datasets.ImageFolder(os.path.join(data, "hymenoptera_data", "train"), transforms.Compose([
            transforms.Resize(256), transforms.RandomCrop(224), transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])), 32
    change = transforms.Compose([transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(),
                                 transforms.ToTensor(),
                                 transforms.Normalize([0.4914, 0.4822, 0.4465], [0.247, 0.243, 0.261])])
    return datasets.CIFAR10(data, train=False, transform=change), 64


def main(which, data, workers):
    torch.set_num_threads(1)
    pictures, batch = data_set(which, data)
    loader = torch.utils.data.DataLoader(pictures, batch_size=batch, shuffle=True, num_workers=int(workers),
                                         persistent_workers=int(workers) > 0)
    rates = []
    for _ in range(4):
        began = time.perf_counter()
        for _ in loader:
            pass
        rates.append(len(pictures) / (time.perf_counter() - began))
    print(max(rates[1:]))


main(*sys.argv[1:])
