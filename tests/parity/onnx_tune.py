#!/usr/bin/env python3
"""An imported model is trained on: a ResNet-18 that PyTorch exported with its norms in it (training=PRESERVE), on ants
and bees. The loss of the first step is PyTorch's, and losses fall.

    NETC_ORACLE=python3 NETC_DATA=DIR tests/parity/onnx_tune.py

Skips, saying so, without a Python that has torchvision, or a folder that has hymenoptera_data. The parameters are
drawn, since nothing is downloaded here."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import Skip, done, folder, losses, main, netc, read, run, write  # noqa: E402

ORACLE, DATA = os.environ.get("NETC_ORACLE"), os.environ.get("NETC_DATA")
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


def test_a_large_import_learns():
    if not ORACLE or run(ORACLE, "-c", "import torchvision, onnx").code:
        raise Skip("NETC_ORACLE names no Python with torchvision and onnx")
    if not DATA or not os.path.isdir(os.path.join(DATA, "hymenoptera_data")):
        raise Skip("NETC_DATA names no folder with hymenoptera_data")
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
