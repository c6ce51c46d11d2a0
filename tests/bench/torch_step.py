"""PyTorch's training step of the main job, as fast as it goes without a loader: torch_step.py MODE THREADS BATCH STEPS.
MODE is default or channels_last. Prints the median and the best of a step in milliseconds."""
import statistics
import sys
import time

import torch
from torch import nn

mode, threads, batch, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
torch.set_num_threads(threads)
torch.manual_seed(0)
model = nn.Sequential(nn.Conv2d(3, 32, 5, 1, 2), nn.MaxPool2d(2), nn.Conv2d(32, 32, 5, 1, 2), nn.MaxPool2d(2),
                      nn.Conv2d(32, 64, 5, 1, 2), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64 * 4 * 4, 64),
                      nn.Linear(64, 10))
images, labels = torch.rand(batch, 3, 32, 32), torch.randint(0, 10, (batch,))
if mode == "channels_last":
    model = model.to(memory_format=torch.channels_last)
    images = images.contiguous(memory_format=torch.channels_last)
loss_of = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-2)
times = []
for _ in range(steps + 10):
    began = time.perf_counter()
    optimizer.zero_grad()
    loss = loss_of(model(images), labels)
    loss.backward()
    optimizer.step()
    loss.item()
    times.append(time.perf_counter() - began)
times = times[10:]
print("%.3f %.3f" % (1e3 * statistics.median(times), 1e3 * min(times)))
