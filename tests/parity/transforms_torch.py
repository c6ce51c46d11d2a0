"""torchvision's side of transforms.py: JSON lines {make, size, seed} in, one result a line out, as test_transforms.c
prints it. Needs torch, torchvision, numpy and PIL."""
import json
import sys
import zlib

import numpy as np
import torch
from PIL import Image
from torchvision import transforms as T  # noqa: F401 - `make` names it

TENSORS = "T.RandomErasing"


def noise(width, height, channels):
    """The picture that test_transforms.c draws: the high bytes of x = x * 1664525 + 1013904223."""
    count = width * height * channels
    x, a, c = width * 1000 + height, 1664525, 1013904223
    bytes_ = np.empty(count, np.uint8)
    for i in range(count):
        x = (x * a + c) & 0xffffffff
        bytes_[i] = x >> 24
    array = bytes_.reshape((height, width) if channels == 1 else (height, width, channels))
    return Image.fromarray(array)


def result(make, size, seed, pictures={}):
    key = tuple(size)
    if key not in pictures:
        pictures[key] = noise(*size)
    picture = pictures[key].copy()
    transform = eval(make)
    torch.manual_seed(seed)
    if make.startswith(TENSORS):
        tensor = transform(T.functional.to_tensor(picture))
        width, height, channels, data = tensor.shape[2], tensor.shape[1], tensor.shape[0], tensor.numpy().tobytes()
    else:
        try:
            picture = transform(picture)
        except ValueError as error:
            return "refused: %s" % error
        width, height, channels, data = *picture.size, len(picture.getbands()), picture.tobytes()
    following = int(torch.rand(1).item() * 2**24)
    return "%d %d %d %08x %d" % (width, height, channels, zlib.crc32(data), following)


def main():
    for line in sys.stdin:
        case = json.loads(line)
        print(result(case["make"], case["size"], case["seed"]), flush=True)


if __name__ == "__main__":
    main()
