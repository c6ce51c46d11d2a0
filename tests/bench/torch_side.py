"""PyTorch's side of the bench: a process that measures what it is asked for. Each line of its input is a request in
JSON, {"job": "step", "model": "lenet", "mode": "default", "threads": 2, "batch": 64, "seconds": 0.4}; each line of its
output the answer: {"ms": 1.23, "best": 1.2, "cpu": 1.22}, the median, the shortest, and the processor's time, each for
one; or {"missing": "why"} where PyTorch can't do that here.

Jobs: "step" is a training step (zero_grad, forward, loss, backward, optimizer, loss.item()) of a batch that stays in
memory; "infer" is a forward pass without gradients in evaluation mode. Modes: "default", "channels_last", "compile"
(torch.compile; with channels_last where there are convolutions), for "infer" also "freeze" (torch.jit.freeze of a
traced model, channels_last). The models are those of tests/bench/models/, layer for layer.

With arguments, `first MODEL BATCH`: a few training steps with two threads, of which the first is told, for the time to
it and for the memory."""
import json
import statistics
import sys
import time

import torch
from torch import nn


def cifar10():
    return nn.Sequential(nn.Conv2d(3, 32, 5, 1, 2), nn.MaxPool2d(2), nn.Conv2d(32, 32, 5, 1, 2), nn.MaxPool2d(2),
                         nn.Conv2d(32, 64, 5, 1, 2), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64 * 4 * 4, 64),
                         nn.Linear(64, 10))


def lenet():
    return nn.Sequential(nn.Conv2d(1, 6, 5, 1, 2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(),
                         nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
                         nn.Linear(84, 10))


def mlp(inputs, width):
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(),
                         nn.Linear(width, 10))


def stack(channels, pools, layers, norm=False):
    """3x3 convolutions of `channels` to `channels` at 32x32 or, after a pool, 16x16: the layers between the first
    convolution and the head. The cost of one is the difference of two depths."""
    def block():
        middle = [nn.BatchNorm2d(channels)] if norm else []
        return [nn.Conv2d(channels, channels, 3, padding=1, bias=not norm), *middle, nn.ReLU()]
    body = [nn.Conv2d(3, channels, 3, padding=1), nn.ReLU(), *[nn.MaxPool2d(2)] * pools]
    for _ in range(layers):
        body += block()
    body += [nn.MaxPool2d(2)] * (3 - pools)
    return nn.Sequential(*body, nn.Flatten(), nn.Linear(channels * 16, 10))


class Residual(nn.Sequential):
    def __init__(self, *layers, shortcut=None):
        super().__init__(*layers)
        self.shortcut = shortcut or nn.Identity()

    def forward(self, x):
        y = x
        for name, layer in self.named_children():
            y = y if name == "shortcut" else layer(y)
        return y + self.shortcut(x)


def resnet18():
    def normalised(ins, outs, kernel, stride=1):
        return [nn.Conv2d(ins, outs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outs)]

    def residual(ins, outs):
        stride = outs // ins
        shortcut = nn.Sequential(*normalised(ins, outs, 1, stride)) if stride > 1 else None
        return [Residual(*normalised(ins, outs, 3, stride), nn.ReLU(), *normalised(outs, outs, 3), shortcut=shortcut),
                nn.ReLU()]
    pairs = (64, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256), (256, 512), (512, 512)
    body = [layer for ins, outs in pairs for layer in residual(ins, outs)]
    return nn.Sequential(*normalised(3, 64, 3), nn.ReLU(), *body, nn.AdaptiveAvgPool2d(1), nn.Flatten(),
                         nn.Linear(512, 10))


def torchvision_model(name):
    import torchvision
    return getattr(torchvision.models, name)(num_classes=10)


def head(channels):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]


def rectified(*layers):
    return [module for layer in layers for module in (layer, nn.ReLU())]


def with_norms(*convolutions):
    return [module for conv in convolutions for module in (conv, nn.BatchNorm2d(conv.out_channels), nn.ReLU())]


def strided():
    pairs = (3, 32), (32, 64), (64, 128), (128, 256)
    return nn.Sequential(*with_norms(*[nn.Conv2d(*pair, 3, 2, 1, bias=False) for pair in pairs]), *head(256))


def windows7():
    return nn.Sequential(*rectified(nn.Conv2d(3, 32, 7, padding=3), nn.Conv2d(32, 32, 7, padding=3)), nn.MaxPool2d(2),
                         *rectified(nn.Conv2d(32, 64, 7, padding=3)), nn.MaxPool2d(2), *head(64))


def autoencoder():
    down, up = ((3, 32), (32, 64), (64, 128)), ((128, 64), (64, 32))
    return nn.Sequential(*rectified(*[nn.Conv2d(*pair, 4, 2, 1) for pair in down],
                                    *[nn.ConvTranspose2d(*pair, 4, 2, 1) for pair in up]),
                         nn.ConvTranspose2d(32, 3, 4, 2, 1), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(12, 10))


def dilated():
    return nn.Sequential(*rectified(nn.Conv2d(3, 32, 3, padding=1), nn.Conv2d(32, 64, 3, padding=2, dilation=2),
                                    nn.Conv2d(64, 64, 3, padding=4, dilation=4)), *head(64))


def grouped():
    return nn.Sequential(*with_norms(nn.Conv2d(3, 128, 3, padding=1, bias=False),
                                     nn.Conv2d(128, 128, 3, padding=1, groups=32, bias=False),
                                     nn.Conv2d(128, 256, 3, 2, 1, groups=32, bias=False),
                                     nn.Conv2d(256, 256, 3, padding=1, groups=32, bias=False)), *head(256))


def sequences():
    return nn.Sequential(nn.Flatten(2), nn.Conv1d(3, 64, 9, padding=4), nn.ReLU(), nn.MaxPool1d(4),
                         nn.Conv1d(64, 128, 9, padding=4), nn.ReLU(), nn.MaxPool1d(4),
                         nn.Conv1d(128, 128, 9, padding=4), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(),
                         nn.Linear(128, 10))


def gelu():
    return nn.Sequential(nn.Conv2d(3, 64, 3, padding=1), nn.GELU(), nn.Conv2d(64, 64, 3, padding=1), nn.GELU(),
                         nn.MaxPool2d(2), nn.Conv2d(64, 128, 3, padding=1), nn.GELU(), *head(128))


def group_norm():
    def normalised(ins, outs):
        return [nn.Conv2d(ins, outs, 3, padding=1, bias=False), nn.GroupNorm(8, outs), nn.SiLU()]
    return nn.Sequential(*normalised(3, 64), *normalised(64, 64), nn.MaxPool2d(2), *normalised(64, 128), *head(128))


def tokens():
    return nn.Sequential(nn.EmbeddingBag(WORDS, 128), nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 10))


WORDS = 20000  # of the tokens' table

MODELS = {
    "resnet50_224": (lambda: torchvision_model("resnet50"), (3, 224, 224)),
    "library/resnet18_224": (lambda: torchvision_model("resnet18"), (3, 224, 224)),
    "mobilenet_v2_224": (lambda: torchvision_model("mobilenet_v2"), (3, 224, 224)),
    "vgg16_224": (lambda: torchvision_model("vgg16"), (3, 224, 224)),
    "resnet18": (resnet18, (3, 32, 32)),
    "cifar10": (cifar10, (3, 32, 32)),
    "lenet": (lenet, (1, 28, 28)),
    "mlp": (lambda: mlp(784, 512), (1, 28, 28)),
    "stack64_1": (lambda: stack(64, 0, 1), (3, 32, 32)),
    "stack64_3": (lambda: stack(64, 0, 3), (3, 32, 32)),
    "stack128_1": (lambda: stack(128, 1, 1), (3, 32, 32)),
    "stack128_3": (lambda: stack(128, 1, 3), (3, 32, 32)),
    "norm64_1": (lambda: stack(64, 0, 1, True), (3, 32, 32)),
    "norm64_3": (lambda: stack(64, 0, 3, True), (3, 32, 32)),
    "norm128_1": (lambda: stack(128, 1, 1, True), (3, 32, 32)),
    "norm128_3": (lambda: stack(128, 1, 3, True), (3, 32, 32)),
    "strided": (strided, (3, 128, 128)),
    "windows7": (windows7, (3, 64, 64)),
    "autoencoder": (autoencoder, (3, 128, 128)),
    "dilated": (dilated, (3, 64, 64)),
    "grouped": (grouped, (3, 32, 32)),
    "sequences": (sequences, (3, 32, 32)),
    "gelu": (gelu, (3, 32, 32)),
    "group_norm": (group_norm, (3, 32, 32)),
    "tokens": (tokens, (64,)),
    "wide_mlp_sgd": (lambda: mlp(1024, 4096), (1, 32, 32)),
    "wide_mlp_adam": (lambda: mlp(1024, 4096), (1, 32, 32)),
}


def make_step(model, images, labels, optimizer_of):
    loss_of = nn.CrossEntropyLoss()
    optimizer = optimizer_of(model.parameters(), lr=1e-4)

    def step():
        optimizer.zero_grad()
        loss = loss_of(model(images), labels)
        loss.backward()
        optimizer.step()
        loss.item()
    return step


def make_inference(model, images):
    def infer():
        with torch.inference_mode():
            model(images)
    return infer


def prepare(request):
    """The function to measure."""
    make, shape = MODELS[request["model"]]
    mode, batch = request["mode"], request["batch"]
    torch.manual_seed(0)
    model, images, labels = make(), torch.rand(batch, *shape), torch.randint(0, 10, (batch,))
    if request["model"] == "tokens":
        images = torch.randint(0, WORDS, images.shape)
    has_images = any(isinstance(layer, nn.Conv2d) for layer in model.modules())
    if mode != "default" and has_images:
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    infer = request["job"] == "infer"
    if infer:
        model.eval()
    if mode == "freeze":
        model = torch.jit.freeze(torch.jit.trace(model, images))
    if mode == "compile":
        model = torch.compile(model)
    optimizer = torch.optim.Adam if request["model"].endswith("_adam") else torch.optim.SGD
    return make_inference(model, images) if infer else make_step(model, images, labels, optimizer)


prepared = {}


def measure(request):
    torch.set_num_threads(request["threads"])
    # What is compiled for one number of threads is not what another one would get.
    key = tuple(request[name] for name in ("job", "model", "mode", "batch", "threads"))
    try:
        if key not in prepared:
            torch._dynamo.reset()
            if request["model"].endswith("_224"):  # of which a few fill a memory
                prepared.clear()
            prepared[key] = prepare(request)
            for _ in range(3):
                prepared[key]()
    except Exception as error:  # whatever torch.compile meets on this machine
        prepared[key] = None
        return {"missing": (str(error).strip().splitlines() or [type(error).__name__])[0][:200]}
    if prepared[key] is None:
        return {"missing": "as said"}
    work, times = prepared[key], []
    end = time.perf_counter() + request["seconds"]
    for _ in range(2):
        work()
    busy = time.process_time()
    while time.perf_counter() < end or len(times) < 3:
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    busy = time.process_time() - busy
    return {"ms": 1e3 * statistics.median(times), "best": 1e3 * min(times), "cpu": 1e3 * busy / len(times)}


def first_steps(name, batch):
    torch.set_num_threads(2)
    step = prepare({"job": "step", "model": name, "mode": "default", "batch": batch})
    step()
    print("step 1", flush=True)
    for _ in range(19):
        step()


def main():
    if sys.argv[1:2] == ["first"]:
        return first_steps(sys.argv[2], int(sys.argv[3]))
    for line in sys.stdin:
        print(json.dumps(measure(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
