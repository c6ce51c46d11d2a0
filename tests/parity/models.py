#!/usr/bin/env python3
"""The model library against the installed torchvision, live: what print(model) shows, names, shapes and initial values
of parameters, the outputs for random weights at 224x224, and the names of the files that torchvision has for them.

    NETC_ORACLE=python3 tests/parity/models.py [--write] [NAME]     --write renews tests/fixtures/models.json
                                                            and printed.json, which has what print() shows

NETC_ORACLE is a Python that has torch and torchvision; skips, saying so, without. NETC_MODELS=all compares the initial
values and the outputs of every model, which writes each one's weights to the disk; else those of the small ones."""
import hashlib
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from support import Skip, done, folder, main, netc  # noqa: E402

ORACLE = os.environ.get("NETC_ORACLE")
FIXTURES = os.path.join(os.path.dirname(HERE), "fixtures")

TRAIN = """
train %s {
    seed       3
    data       pictures, batch_size=2
    test       pictures, batch_size=2
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.0)
    save       "ours.pth"
}
"""


def torch(*words):
    """What PyTorch's side says."""
    if not ORACLE:
        raise Skip("NETC_ORACLE names no Python with torch")
    words = [ORACLE, os.path.join(HERE, "models_torch.py"), *map(str, words)]
    result = subprocess.run(words, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout)


def write(path, text):
    name = os.path.join(path, "model.net")
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    return name


def pictures(path):
    """Two pictures, the same; gives the name of one."""
    for folder_name in "ab":
        os.makedirs(os.path.join(path, "pictures", folder_name))
        name = os.path.join(path, "pictures", folder_name, "picture.png")
        torch("picture", name)
    return name


def state(path):
    """Names and shapes of the parameters, in order, as `--dump=model` has them."""
    lines = done(netc("check", path, "--dump=model")).out.splitlines()
    return [line.split()[:2] for line in lines if line.startswith("    ")]


def digest(value):
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def describe(name):
    """What netc says of a model of the library."""
    with folder() as path:
        file = write(path, 'import "%s"\n' % name)
        return {"printed": done(netc("summary", "--torch", file)).out, "state": state(file)}


def test_models_print_and_name_their_parameters_as_torchvision_has_them():
    wrong = []
    for name, theirs in torch("describe").items():
        ours = describe(name)
        wrong += ["%s: %s" % (name, what) for what in theirs if ours[what] != theirs[what]]
    assert not wrong, "\n".join(wrong)


# torchvision reads their files with other names than its models have, and with parts that they have not.
AS_LOADED = ("densenet121", "googlenet")


def test_weights_are_told_by_the_file_and_the_address_that_torchvision_has():
    wrong = []
    for name, theirs in torch("weights").items():
        with folder() as path:
            file = write(path, 'import "%s"\n' % name +
                         "".join('model %s = %s(weights="%s")\n' % (weights, name, weights) for weights in theirs))
            said = netc("check", file).err
        told = re.findall(r'error:.* weights="(\S+)", when \'curl -O (\S+)\' has fetched it', said)
        wanted = [(address.rsplit("/", 1)[1], address) for address in theirs.values()]
        if name in AS_LOADED:
            told = re.findall(r'error:.* weights="(\S+)", when torch.save has written it', said)
            wanted = [name + ".pth"] * len(theirs)
        if told != wanted:
            wrong.append("%s: %s instead of %s" % (name, told, wanted))
    assert not wrong, "\n".join(wrong)


def test_layers_print_as_torch_prints_them():
    wrong = []
    for text, theirs in torch("printed"):
        shape = "20" if text.startswith("Embedding") else "2, 12" if "1d(" in text else \
            "6" if text.startswith("Unflatten") else "2, 12, 12"
        with folder() as path:
            ours = done(netc("summary", "--torch", write(path, "model M(%s) { %s }\n" % (shape, text)))).out
        if ours != "M(\n  (0): %s\n)\n" % theirs:
            wrong.append("%s: %s instead of %s" % (text, ours, theirs))
    assert not wrong, "\n".join(wrong)


def compared():
    """The models whose weights are compared."""
    return sorted(torch("describe")) if os.environ.get("NETC_MODELS") == "all" else ("resnet18", "mobilenet_v2")


def test_a_seed_gives_the_initial_values_that_torchvision_gives():
    wrong = []
    with folder() as path:
        pictures(path)
        for name in compared():
            extent = 64 if name in ("alexnet", "squeezenet1_1") else 32  # of less they leave nothing
            file = write(path, 'import "%s"\nmodel M(3, %d, %d) = %s(num_classes=10)\n'
                         'data pictures = ImageFolder("pictures") { Resize((%d, %d)), ToTensor() }\n'
                         % (name, extent, extent, name, extent, extent) + TRAIN % "M")
            done(netc("run", file, "--quiet", cwd=path, timeout=600))
            apart = torch("initial", name, 3, os.path.join(path, "ours.pth"))
            print("# %s: initial values apart %g" % (name, apart), flush=True)
            wrong += [name] if apart else []
    assert not wrong, wrong


def test_a_changed_model_begins_as_the_script_that_changes_it():
    with folder() as path:
        pictures(path)
        torch("changed", os.path.join(path, "seven.pth"), os.path.join(path, "theirs.pth"))
        file = write(path, 'import "resnet18"\n'
                     'model M(3, 32, 32) = resnet18(num_classes=7, weights="seven.pth") {\n'
                     '    replace fc = Linear(512, 2)\n}\n'
                     'data pictures = ImageFolder("pictures") { Resize((32, 32)), ToTensor() }\n' + TRAIN % "M")
        done(netc("run", file, "--quiet", cwd=path))
        assert torch("same", os.path.join(path, "ours.pth"), os.path.join(path, "theirs.pth")) == 0


def test_outputs_are_those_of_torchvision():
    wrong = []
    with folder() as path:
        picture = pictures(path)
        for name in compared():
            weights = os.path.join(path, "theirs.pth")
            theirs = torch("outputs", name, weights, picture)
            file = write(path, 'import "%s"\ndata pictures = ImageFolder("pictures") { ToTensor() }\n' % name +
                         TRAIN % name)
            said = done(netc("predict", file, "--load", weights, "--json", "--outputs", picture, cwd=path,
                             timeout=600)).out
            os.remove(weights)
            ours = json.loads(said)[0]["outputs"]
            apart = max(abs(a - b) for a, b in zip(ours, theirs)) / max(map(abs, theirs))
            print("# %s: outputs apart %.1e of the largest" % (name, apart), flush=True)
            wrong += [name] if len(ours) != len(theirs) or not apart < 1e-4 else []
    assert not wrong, wrong


def renew():
    about = torch("describe")
    digests = {name: {what: digest(said) for what, said in of.items()} for name, of in about.items()}
    printed = {"layers": torch("printed"), "models": [about[name]["printed"] for name in ("alexnet", "vgg11_bn")]}
    for name, content in (("models.json", digests), ("printed.json", printed)):
        with open(os.path.join(FIXTURES, name), "w", encoding="utf-8") as fixture:
            json.dump(content, fixture, indent=1, sort_keys=True)
            fixture.write("\n")


if __name__ == "__main__" and "--write" in sys.argv:
    renew()
elif __name__ == "__main__":
    main(globals())
