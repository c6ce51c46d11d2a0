#!/usr/bin/env python3
"""An imported model is trained on, on ants and bees: a ResNet-18 that PyTorch exported with its norms in it
(training=PRESERVE), and a MobileNetV2 of Keras's, whose norms are folded. The loss of the first step is PyTorch's, or
that of ONNX Runtime's outputs, and losses fall.

    NETC_ORACLE=python3 NETC_DATA=DIR [NETC_KERAS=python3] tests/parity/onnx_tune.py

Skips, saying so, without a Python that has torchvision, or a folder that has hymenoptera_data; Keras's, without one
that has keras and tf2onnx. The parameters are drawn, since nothing is downloaded here."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import Skip, done, folder, losses, main, netc, read, run, write  # noqa: E402

ORACLE, DATA, KERAS = os.environ.get("NETC_ORACLE"), os.environ.get("NETC_DATA"), os.environ.get("NETC_KERAS")
EPOCHS = 4

TRAIN = """
data pictures = ImageFolder("hymenoptera_data/train") {
    Resize(256), CenterCrop(224)
    ToTensor(), Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
}

train Net {
    seed       0
    data       pictures, batch_size=16, shuffle=True
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.01, momentum=0.9)
    load       "m.pth"
    epochs     EPOCHS
}
"""

THEIRS = """
import sys, torch, torchvision
from torch import nn
from torchvision import transforms

torch.manual_seed(7)
model = torchvision.models.resnet18(num_classes=2).eval()
torch.onnx.export(model, torch.randn(1, 3, 224, 224), "m.onnx", dynamo=False,
                  training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
data = torchvision.datasets.ImageFolder(sys.argv[1] + "/hymenoptera_data/train", transforms.Compose([
    transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]))
drawn = torchvision.models.resnet18(num_classes=2)
torch.manual_seed(0)
for module in drawn.modules():  # netc draws all parameters, as the layers have it, before it loads a file's
    if hasattr(module, "reset_parameters"):
        module.reset_parameters()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
model.train()
for epoch in range(int(sys.argv[2])):
    for x, y in torch.utils.data.DataLoader(data, batch_size=16, shuffle=True):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(loss.item(), flush=True)
"""


KERAS_TRAIN = """
data pictures = ImageFolder("hymenoptera_data/train") { Resize(96), CenterCrop(96), ToTensor() }

train Net {
    data       pictures, batch_size=32
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.01, momentum=0.9)
    clip       grad_norm=1
    load       "m.pth"
    epochs     2
}
"""

# The cross-entropy of the first pictures.
KERAS_LOSS = """
import sys, onnxruntime, torch, torchvision
from torchvision import transforms

data = torchvision.datasets.ImageFolder(sys.argv[1] + "/hymenoptera_data/train", transforms.Compose([
    transforms.Resize(96), transforms.CenterCrop(96), transforms.ToTensor()]))
x, y = next(iter(torch.utils.data.DataLoader(data, batch_size=32)))
session = onnxruntime.InferenceSession(sys.argv[2])
given = session.run(None, {session.get_inputs()[0].name: x.permute(0, 2, 3, 1).numpy()})[0]
print(torch.nn.functional.cross_entropy(torch.tensor(given), y).item())
"""


def needs():
    if not ORACLE or run(ORACLE, "-c", "import torchvision, onnx").code:
        raise Skip("NETC_ORACLE names no Python with torchvision and onnx")
    if not DATA or not os.path.isdir(os.path.join(DATA, "hymenoptera_data")):
        raise Skip("NETC_DATA names no folder with hymenoptera_data")


def test_a_model_of_keras_learns():
    if not KERAS:
        raise Skip("NETC_KERAS names no Python with keras and tf2onnx")
    needs()
    name = "keras-MobileNetV2"
    with folder() as path:
        done(run(KERAS, os.path.join(HERE, "onnx_import_torch.py"), "make", path, "keras", name, timeout=3600))
        theirs = float(done(run(ORACLE, "-c", KERAS_LOSS, DATA, name + ".onnx", cwd=path, timeout=3600)).out)
        done(netc("import", name + ".onnx", "--weights", "m.pth", "-o", "m.net", cwd=path))
        write(path, "m.net", read(path, "m.net").decode() + KERAS_TRAIN)
        ours = [loss for _, loss in losses(done(netc("run", "m.net", "--data", DATA, "--log-every", 1, cwd=path,
                                                     timeout=3600)).out)]
        print("# netc: %s; ONNX Runtime: %.4f" % (" ".join("%.4f" % loss for loss in ours), theirs))
        assert abs(ours[0] - theirs) <= 1e-4 * theirs, (ours[0], theirs)
        assert sum(ours[-3:]) < sum(ours[:3]), ours


def test_a_large_import_learns():
    needs()
    with folder() as path:
        theirs = [float(line) for line in done(run(ORACLE, "-c", THEIRS, DATA, EPOCHS, cwd=path,
                                                   timeout=3600)).out.split()]
        done(netc("import", "m.onnx", "--weights", "m.pth", "-o", "m.net", cwd=path))
        write(path, "m.net", read(path, "m.net").decode() + TRAIN.replace("EPOCHS", str(EPOCHS)))
        out = done(netc("run", "m.net", "--data", DATA, "--log-every", 1, cwd=path, timeout=3600)).out
        ours = [loss for _, loss in losses(out)]
        print("# netc: %s" % " ".join("%.4f" % loss for loss in ours))
        print("# PyTorch: %s" % " ".join("%.4f" % loss for loss in theirs))
        assert len(ours) == len(theirs) >= EPOCHS, out
        assert abs(ours[0] - theirs[0]) <= 1e-4 * theirs[0], (ours[0], theirs[0])
        assert sum(ours[-3:]) < sum(ours[:3]), ours


if __name__ == "__main__":
    main(globals())
