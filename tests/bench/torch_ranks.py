"""PyTorch's side of ranks.py: torch_ranks.py MODEL BATCH STEPS, a rank of DistributedDataParallel over gloo, as its
environment says (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT). The batch is shared out; each rank has one thread. Rank 0
prints the median time of a step in ms."""
import statistics
import sys
import time

import torch
from torch import distributed, nn

import torch_side


def main(model, batch, steps):
    distributed.init_process_group("gloo")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    net = nn.parallel.DistributedDataParallel(getattr(torch_side, model)())
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    loss, own = nn.CrossEntropyLoss(), batch // distributed.get_world_size()
    x, y = torch.rand(own, 3, 32, 32), torch.randint(10, (own,))
    times = []
    for _ in range(steps):
        begin = time.perf_counter()
        optimizer.zero_grad()
        loss(net(x), y).backward()
        optimizer.step()
        times.append(time.perf_counter() - begin)
    if distributed.get_rank() == 0:
        print("%.2f" % (1e3 * statistics.median(times[steps // 4:])))
    distributed.destroy_process_group()


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
