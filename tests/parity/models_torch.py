"""PyTorch's side of models.py: models_torch.py COMMAND ARGUMENT..., which prints JSON."""
import json
import sys

import torch
import torch.nn as nn
import torchvision
from torchvision import models

NAMES = ["alexnet", "mobilenet_v2", "squeezenet1_1", "densenet121", "googlenet", "efficientnet_b0", "resnet18",
         "resnet34", "resnet50", "resnet101"] + \
        ["vgg%d%s" % (depth, norm) for depth in (11, 13, 16, 19) for norm in ("", "_bn")]

# A layer of each kind, with its defaults and with other arguments, as a .net file has them.
LAYERS = """
Conv1d(2, 4, 3); Conv2d(2, 4, (3, 5), 2, 1, (1, 2), 2, False, "reflect"); Conv2d(2, 4, 3, padding="same")
Conv2d(2, 4, 3, padding=(0, 0), dilation=1, groups=1, bias=True); ConvTranspose1d(2, 4, 3, 2, 1, 1)
ConvTranspose2d(2, 4, 3, 2, 1, 1, 2, False, 2); MaxPool1d(2); MaxPool2d((2, 3), ceil_mode=True); AvgPool1d(2)
AvgPool2d(2, (1, 2)); AvgPool2d(2); AdaptiveAvgPool1d(3); AdaptiveAvgPool2d((None, 3)); AdaptiveAvgPool2d(1)
AdaptiveMaxPool2d(2); AdaptiveMaxPool1d(2); ReLU(); ReLU(True); ReLU(inplace=False); Flatten(); Unflatten(1, (2, 3))
Identity(); ZeroPad2d(1); ZeroPad2d((1, 2, 3, 4)); ConstantPad2d(1, 0.5); ConstantPad2d(1, 2); ReflectionPad2d(1)
ReplicationPad1d(2); CircularPad1d((1, 2)); ZeroPad1d(1); ConstantPad1d(2, 3.5); CircularPad2d(1); ReplicationPad2d(1)
Upsample(scale_factor=2); Upsample(size=(3, 4), mode="bilinear", align_corners=True); Upsample(size=4)
Upsample(scale_factor=(2, 3), mode="bilinear"); Linear(12, 3, False); Dropout(); Dropout1d(0.2); Dropout2d(0.3)
BatchNorm1d(2); BatchNorm2d(2, eps=1e-3, momentum=None, affine=False, track_running_stats=False)
BatchNorm2d(2, bias=False); GroupNorm(2, 2); GroupNorm(2, 2, affine=False); GroupNorm(2, 2, bias=False)
InstanceNorm1d(2); InstanceNorm2d(2, affine=True, bias=False)
LayerNorm(12); LayerNorm((12, 12), elementwise_affine=False)
LayerNorm(12, bias=False); Embedding(10, 3); Embedding(10, 3, padding_idx=2); EmbeddingBag(10, 3)
EmbeddingBag(10, 3, mode="sum", padding_idx=1); Sigmoid(); Tanh(); ReLU6(); ReLU6(True); LeakyReLU()
LeakyReLU(0.2, True)
Hardtanh(); Hardtanh(-2, 2, inplace=True); ELU(); ELU(0.5, True); SELU(); SELU(True); CELU(); CELU(2.0, True); GELU()
GELU("tanh"); SiLU(); SiLU(True); Mish(); Mish(True); Hardswish(); Hardswish(True); Hardsigmoid(); Softplus()
Softplus(2, 10); LogSigmoid(); Softsign(); Tanhshrink(); Softshrink(); Softshrink(1); Hardshrink(); Hardshrink(0.3)
Threshold(0.1, 20); Threshold(1, 2, True); PReLU(); PReLU(2); Softmax(dim=1); LogSoftmax(dim=1)
"""


def layers():
    return [text.strip() for text in LAYERS.replace("\n", ";").split(";") if text.strip()]


def made(name, *arguments, **settings):
    if name == "googlenet":
        settings = {"aux_logits": False, "init_weights": True, **settings}
    return getattr(models, name)(*arguments, **settings)


def describe():
    """What print(model) shows, and the names and shapes of the state_dict."""
    found = {}
    for name in NAMES:
        with torch.device("meta"):
            model = made(name)
        found[name] = {"printed": str(model) + "\n",
                       "state": [[key, "x".join(map(str, value.shape)) or "1"]
                                 for key, value in model.state_dict().items()]}
    return found


def weights():
    """Where the weights of each model are, by the names that they have."""
    return {name: {weights: models.get_model_weights(name)[weights].url
                   for weights in models.get_model_weights(name).__members__} for name in NAMES}


def printed():
    return [[text, str(eval("nn." + text, {"nn": nn}))] for text in layers()]


def initial(name, seed, path):
    """The largest difference between the parameters that a seed gives and those of a file."""
    torch.manual_seed(int(seed))
    return difference(made(name, num_classes=10).state_dict(), torch.load(path))


def changed(weights, path):
    """resnet18 of 7 classes with random weights, saved; and with these and a new head, saved too."""
    torch.manual_seed(5)
    torch.save(made("resnet18", num_classes=7).state_dict(), weights)
    torch.manual_seed(3)
    model = made("resnet18", num_classes=7)
    model.load_state_dict(torch.load(weights))
    model.fc = nn.Linear(512, 2)
    torch.save(model.state_dict(), path)


def outputs(name, weights, picture):
    """Saves random parameters, running statistics too, and says what they make of a picture."""
    torch.manual_seed(1)
    model = made(name).eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.1)
            nn.init.normal_(module.running_mean, 0, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    torch.save(model.state_dict(), weights)
    from PIL import Image
    x = torchvision.transforms.ToTensor()(Image.open(picture))[None]
    with torch.no_grad():
        return model(x)[0].tolist()


def same(one, two):
    """The largest difference of what is learned in two files."""
    return difference(torch.load(one), torch.load(two))


def difference(a, b):
    """The largest difference of what is learned; the names must be the same."""
    assert list(a) == list(b), [pair for pair in zip(a, b) if pair[0] != pair[1]][:5]
    learned = [key for key in a if not key.endswith(("running_mean", "running_var", "num_batches_tracked"))]
    return max(float((a[key] - b[key]).abs().max()) for key in learned)


def picture(path):
    from PIL import Image
    generator = torch.Generator().manual_seed(0)
    pixels = torch.randint(0, 256, (224, 224, 3), generator=generator, dtype=torch.uint8)
    Image.fromarray(pixels.numpy()).save(path)


if __name__ == "__main__":
    torch.set_num_threads(1)
    commands = {"describe": describe, "weights": weights, "printed": printed, "initial": initial,
                "changed": changed, "outputs": outputs, "same": same, "picture": picture}
    json.dump(commands[sys.argv[1]](*sys.argv[2:]), sys.stdout)
