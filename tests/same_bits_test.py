#!/usr/bin/env python3
"""One set of numbers: in process and standalone, by gcc and by clang, with any number of threads, resumed or not."""
import os
import re

from support import NETC, ROOT, Skip, compilers, done, folder, losses, main, netc, run, sample, tensors

STEPS = 5
QUICK = ["--max-steps", str(STEPS), "--seed", "7", "--log-every", "1"]
PROGRAM = """
model Small(3, 32, 32) {
    Conv2d(3, 8, 3, padding=1)
    ReLU()
    MaxPool2d(2)
    Conv2d(_, 16, 5, stride=2, padding=2)
    ReLU()
    Flatten()
    Dropout(0.3)
    Linear(_, 10)
}
data train_data = Shapes(train=True)  { ToTensor() }
data unseen     = Shapes(train=False) { ToTensor() }
data test_data  = Subset(unseen, range(250))
train Small {
    seed       3
    data       train_data, batch_size=40, shuffle=True
    test       test_data,  batch_size=100
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05, momentum=0.9, weight_decay=5e-4)
    epochs     3
    save       "small_{epoch}.pth"
}
"""


def on_shapes(model):
    """How a model is trained over batches that do not divide the samples: the fourth one is partial, and shards have
    several microbatches, of which the last ones are."""
    return """
data all        = Shapes(train=False) { ToTensor() }
data train_data = Subset(all, range(560))
data test_data  = Subset(all, range(560, 860))
train %s {
    seed       3
    data       train_data, batch_size=171
    test       test_data,  batch_size=137
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05, momentum=0.9, weight_decay=5e-4)
    epochs     3
    save       "%s_{epoch}.pth"
}
""" % (model, model.lower())


# Layers whose weights are many go over the whole batch, in parts; the last batch of an epoch is a partial one.
LARGE = """
model Large(3, 32, 32) {
    Conv2d(3, 8, 3, stride=2, padding=1)
    MaxPool2d(2)
    Flatten()
    Linear(_, 300)
    ReLU()
    Dropout(0.3)
    Linear(_, 512)
    LeakyReLU(0.1)
    Linear(_, 400)
    ReLU()
    Linear(_, 10)
}
""" + on_shapes("Large")

# A class for each place of the output.
DENSE = """
model Dense(3, 16, 16) {
    Conv2d(3, 8, 3, padding=1), ReLU()
    residual { MaxPool2d(2), Conv2d(8, 8, 3, padding=1), ReLU(), ConvTranspose2d(8, 8, 2, stride=2) }
    Conv2d(8, 11, 1)
}
data masks = Shapes(train=False, size=16, target="mask") { ToTensor() }
train Dense {
    seed       3
    data       masks, batch_size=331, shuffle=True
    test       masks, batch_size=70
    loss       CrossEntropyLoss(weight=[0.1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1], ignore_index=5)
    optimizer  SGD(lr=0.05, momentum=0.9)
    epochs     3
    save       "dense_{epoch}.pth"
}
"""

# Batch norms: what one phase leaves for the next, statistics over the batch, buffers in the checkpoint.
NORMS = """
model Norms(3, 32, 32) {
    BatchNorm2d(3)
    Conv2d(3, 20, 3, stride=2, bias=False)
    BatchNorm2d(_), ReLU(), GroupNorm(4, _), LayerNorm(_)
    Conv2d(_, 64, 3, padding=1), BatchNorm2d(_, momentum=None), ReLU(), InstanceNorm2d(_, track_running_stats=True)
    MaxPool2d(2), InstanceNorm2d(_, affine=True, track_running_stats=True), Flatten()
    Linear(_, 40), BatchNorm1d(_), ReLU(), LayerNorm(_)
    Linear(_, 10), BatchNorm1d(_, track_running_stats=False)
}
""" + on_shapes("Norms")

# Few samples: tasks are parts of samples, rows and outputs; gradients that are kept for another batch's, and clipped.
# The last batch of an epoch has 2 samples of 5.
FEW = """
model Few(3, 32, 32) {
    Conv2d(3, 64, 5, padding=2), ReLU(), MaxPool2d(2)
    Conv2d(_, 96, 3, padding=1, bias=False), BatchNorm2d(_), ReLU()
    Residual { Conv2d(_, 192, 3, padding=1), BatchNorm2d(_), ReLU(), Conv2d(_, 96, 1), BatchNorm2d(_) }
    Conv2d(_, 128, 3, stride=2, padding=1), ReLU()
    ConvTranspose2d(_, 64, 3, stride=2, padding=1), ReLU(), AdaptiveAvgPool2d(2)
    Flatten(), Linear(_, 300), ReLU(), Linear(_, 10)
}
data all = Shapes(train=False) { ToTensor() }
data few = Subset(all, range(22))
train Few {
    seed       3
    data       few, batch_size=5
    test       few, batch_size=4
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05, momentum=0.9, weight_decay=5e-4)
    clip       grad_norm=1
    accumulate 2
    epochs     3
    save       "few_{epoch}.pth"
}
"""

# Sequences: one row of pixels, dimensions swapped and taken back, windows of several sizes in one pool.
SEQUENCES = """
model Sequences(3, 32, 32) {
    Flatten(1, 2)
    Conv1d(_, 20, 4, stride=2, padding=3, bias=False), BatchNorm1d(_), ReLU(), MaxPool1d(3, padding=1, dilation=2)
    Conv1d(_, 20, 3, groups=20, padding="same"), LayerNorm(6), GELU(), Linear(_, 21), Softmax(dim=-1)
    AdaptiveMaxPool1d(9), Unflatten(1, (4, 5)), AdaptiveMaxPool2d((3, 4)), LayerNorm((3, 4))
    Dropout(0.1), Flatten(), Linear(_, 10)
}
""" + on_shapes("Sequences")

# Branches that meet side by side, more of them than one kernel takes, products, and samples that are left out.
BRANCHES = """
model Branches(3, 32, 32) {
    Conv2d(_, 16, 5, stride=4, padding=2)
    Concat { Identity(), { BatchNorm2d(_), ReLU(), Conv2d(_, 20, 1), Conv2d(_, 16, 3, padding=1) } }
    Concat { Identity(), { BatchNorm2d(_), ReLU(), Conv2d(_, 12, 3, padding=1) } }
    Multiply { AdaptiveAvgPool2d(1), Conv2d(_, 6, 1), SiLU(), Conv2d(_, 44, 1), Sigmoid() }
    Concat { Conv2d(_, 16, 1), Conv2d(_, 5, 3, padding=1), MaxPool2d(3, 1, 1), AvgPool2d(3, 1, 1), Tanh(), Identity() }
    Conv2d(_, 24, 1, bias=False), BatchNorm2d(_)
    Residual { Conv2d(_, 24, 3, padding=1, bias=False), BatchNorm2d(_), StochasticDepth(0.4, "row") }
    Multiply { Conv2d(_, 24, 1), Sigmoid() }
    StochasticDepth(0.2, "batch")
    Flatten()
    Linear(_, 10)
}
""" + on_shapes("Branches")

# A table of rows, of which a part of the last phase makes some; the last part has padding behind the table.
TOKENS = """
model Words(12) {
    Embedding(1003, 24, padding_idx=0)
    Linear(_, 20), ReLU(), Dropout(0.2)
    Flatten()
    Linear(_, 4)
}
data rows = CSV("%s")
train Words {
    seed       3
    data       rows, batch_size=13, shuffle=True
    test       rows, batch_size=60
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05, momentum=0.9, weight_decay=5e-4)
    epochs     2
    save       "words_{epoch}.pth"
}
""" % os.path.join(ROOT, "tests", "cases", "parity", "tokens.csv")

# Norms that evaluation takes into what is in front of them, unless something, which changes nothing, stands between.
FOLDED = """
model Folded(3, 32, 32) {
    Conv2d(3, 20, 3, padding=1, bias=False), APART BatchNorm2d(_), ReLU(), MaxPool2d(2)
    Conv2d(_, 32, 5, padding=2), APART BatchNorm2d(_, momentum=None), MaxPool2d(2), ReLU()
    Residual {
        Conv2d(_, 32, 3, padding=1, bias=False), APART BatchNorm2d(_), ReLU(), Dropout2d(0.1)
        Conv2d(_, 32, 3, padding=1), APART BatchNorm2d(_, eps=1e-3)
    }
    ReLU()
    Conv2d(_, 32, 3, groups=32), APART BatchNorm2d(_), Dropout(0.1), ReLU()
    Conv2d(_, 33, 1, stride=2), APART BatchNorm2d(_, affine=False), ReLU()
    ConvTranspose2d(_, 24, 2, stride=3), APART BatchNorm2d(_), ReLU()
    ConvTranspose2d(_, 32, 3, padding=1), APART BatchNorm2d(_), MaxPool2d(4)
    Flatten()
    Linear(_, 40), BatchNorm1d(_), ReLU()
    Linear(_, 10)
}
data train_data = Shapes(train=False) { ToTensor() }
data test_data  = Subset(train_data, range(400))
train Folded {
    seed       3
    PRECISION
    data       train_data, batch_size=100
    test       test_data,  batch_size=77
    loss       CrossEntropyLoss()
    metrics    Accuracy(top_k=3)
    optimizer  SGD(lr=0.05, momentum=0.9)
    save       "folded_{epoch}.pth"
}
"""

# Activations that are computed in the kernel that makes their input, unless something stands between.
ACTIVE = """
model Active(3, 32, 32) {
    Conv2d(3, 20, 3, padding=1), APART LeakyReLU(0.1), MaxPool2d(2)
    Conv2d(_, 32, 5, padding=2), MaxPool2d(2), APART ReLU6()
    Conv2d(_, 32, 3, groups=32, padding=1), APART Hardtanh(-0.4, 0.6)
    Residual { Conv2d(_, 32, 3, padding=1), APART Hardsigmoid(), Conv2d(_, 32, 1) }
    APART LeakyReLU(0.3)
    Conv2d(_, 33, 1, bias=False), BatchNorm2d(_), APART Hardswish()
    ConvTranspose2d(_, 16, 2, stride=3), BatchNorm2d(_), APART Hardsigmoid()
    Conv2d(_, 20, 3, stride=2), GroupNorm(4, _), APART LeakyReLU(-0.2)
    ConvTranspose2d(_, 24, 3, stride=2), APART ReLU6(), MaxPool2d(2)
    Flatten()
    Linear(_, 256), LeakyReLU(), Linear(_, 64), BatchNorm1d(_), ReLU6()
    Linear(_, 10)
}
data train_data = Shapes(train=False) { ToTensor() }
data test_data  = Subset(train_data, range(400))
train Active {
    seed       3
    data       train_data, batch_size=101
    test       test_data,  batch_size=77
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.05, momentum=0.9)
    epochs     1
    save       "active_{epoch}.pth"
}
"""


def pth(path):
    """The .pth files below a folder, oldest first."""
    found = [os.path.join(path, name) for name in os.listdir(path) if name.endswith(".pth")]
    assert found, "no .pth file was saved"
    return sorted(found, key=lambda name: (os.path.getmtime(name), name))


def in_process(name, *options):
    """(losses, tensors) of a run of netc in a folder of its own."""
    with folder() as path:
        result = done(netc("run", name, *options, cwd=path))
        return losses(result.out), tensors(pth(path)[-1])


def standalone(name, *options, cc=None):
    with folder() as path:
        trainer = os.path.join(path, "trainer")
        built = done(netc("build", name, "-o", trainer, *(["--cc", cc] if cc else [])))
        assert not built.err, built.err
        result = done(run(trainer, *options, cwd=path))
        return losses(result.out), tensors(pth(path)[-1])


def program(path, text=PROGRAM):
    name = os.path.join(path, "small.net")
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)
    return name


def same(first, second, what):
    assert len(first[0]) == STEPS, first[0]
    assert first[0] == second[0], "%s: losses %s and %s" % (what, first[0], second[0])
    for key in first[1]:
        assert first[1][key] == second[1][key], "%s: tensor %s differs" % (what, key)


def test_shapes_in_process_and_standalone():
    first = in_process(sample("shapes"), *QUICK)
    same(first, standalone(sample("shapes"), *QUICK), "in process and standalone")


def test_every_compiler_gives_the_same_bits():
    with folder() as path:
        name = program(path)
        first = in_process(name, *QUICK)
        for cc, command in compilers():
            same(first, standalone(name, *QUICK, cc=command), "in process and " + cc)


def test_narrow_vectors_give_nearly_the_same():
    """Plain SSE has no fused multiply-adds: it rounds twice."""
    if os.uname().machine != "x86_64":
        raise Skip("not an x86-64")
    with folder() as path:
        name, trainer = program(path), os.path.join(path, "trainer")
        first = in_process(name, *QUICK)[0]
        done(netc("build", name, "-o", trainer, "--march", "x86-64"))
        second = losses(done(run(trainer, *QUICK, cwd=path)).out)
        assert len(first) == len(second) == STEPS
        for (step, a), (_, b) in zip(first, second):
            assert abs(a - b) <= 1e-5 * abs(a), "step %d: %s and %s" % (step, a, b)


def test_threads_do_not_matter():
    with folder() as path:
        name = program(path)
        first = in_process(name, *QUICK, "--threads", "1")
        for threads in ("2", "3", "8"):
            same(first, in_process(name, *QUICK, "--threads", threads), threads + " threads")


def over_the_batch(text):
    """Threads, compilers, a stop in between: nothing of it matters to sums over the batch either."""
    with folder() as path:
        name = program(path, text)
        first = in_process(name, *QUICK, "--threads", "1")
        for threads in ("2", "3", "8"):
            same(first, in_process(name, *QUICK, "--threads", threads), threads + " threads")
        for cc, command in compilers():
            same(first, standalone(name, *QUICK, cc=command), "in process and " + cc)
        done(netc("run", name, "--max-steps", "2", "--seed", "7", "--log-every", "1", cwd=path))
        result = done(netc("run", name, *QUICK, "--resume", pth(path)[-1], cwd=path))
        same(first, (first[0][:2] + losses(result.out), tensors(pth(path)[-1])), "stopped and resumed")


def test_layers_over_the_whole_batch():
    over_the_batch(LARGE)


def test_few_samples():
    over_the_batch(FEW)


def test_a_class_for_each_place():
    over_the_batch(DENSE)


def test_norms_over_the_whole_batch():
    over_the_batch(NORMS)


def test_embeddings_over_the_whole_batch():
    over_the_batch(TOKENS)


def test_sequences():
    over_the_batch(SEQUENCES)


def test_branches():
    over_the_batch(BRANCHES)


def test_metrics_of_any_threads():
    """In process and standalone too; of several batches at once, the last of them a partial one."""
    with folder() as path:
        metrics = ('metrics Accuracy(top_k=2), Accuracy(average="macro"), Accuracy(average="none"), '
                   'ConfusionMatrix()\n    epochs 1')
        text = TOKENS.replace("epochs     2", metrics).replace("batch_size=60", "batch_size=7")
        name, trainer, said = program(path, text), os.path.join(path, "trainer"), set()
        done(netc("build", name, "-o", trainer))
        for threads in ("1", "2", "3", "8"):
            for words in ((NETC, "run", name), (trainer,)):
                lines = done(run(*words, "--threads", threads, cwd=path)).out.splitlines()
                said.add("\n".join(lines[[line.startswith("metrics") for line in lines].index(True):-1]))
        assert len(said) == 1 and "accuracy of each class" in "".join(said), said


def evaluation(path, apart, precision):
    """What a run prints of its evaluation, and what the phases of that are: its dump."""
    name = program(path, FOLDED.replace("APART", apart).replace("PRECISION", precision))
    printed = done(netc("run", name, *QUICK, cwd=path)).out
    again = done(netc("run", name, "test", "--load", pth(path)[-1], "--threads", "1", cwd=path)).out
    schedule = done(netc("check", name, "--dump=schedule")).out.partition("\nevaluation")[2]
    numbers = [re.findall(r"test_loss \S+  sum \S+  test_accuracy \S+|test_accuracy_top3 .*", text)
               for text in (printed, again)]
    assert len(numbers[0]) == 2 and numbers[0] == numbers[1], numbers
    return numbers[0], schedule


def test_norms_in_front_of_which_is_a_convolution_are_part_of_it_in_evaluation():
    for precision in ("precision exact", ""):
        with folder() as path:
            folded, schedule = evaluation(path, "", precision)
            apart, other = evaluation(path, "MaxPool2d(1), ", precision)
            assert folded == apart, "%s and %s" % (folded, apart)
            assert not re.search(r"^batchnorm\w+ +norm ", schedule, re.M), schedule
            assert re.search(r"^batchnorm\w+ +norm ", other, re.M), other
            assert not re.search(r"^batchnorm\w+_moments ", schedule + other, re.M), \
                "samples wait for others:\n" + schedule


def test_activations_in_every_instance():
    over_the_batch(ACTIVE.replace("APART ", ""))


def test_activations_give_the_same_in_a_pass_of_their_own():
    with folder() as path:
        fused = program(path, ACTIVE.replace("APART ", ""))
        schedule = done(netc("check", fused, "--dump=fuse")).out
        assert len(re.findall(r" \+ ACTIVATION ", schedule)) >= 18, schedule
        first = in_process(fused, *QUICK)
        apart = program(path, ACTIVE.replace("APART", "MaxPool2d(1),"))
        second = in_process(apart, *QUICK)
        assert first[0] == second[0], "%s and %s" % (first[0], second[0])
        assert list(first[1].values()) == list(second[1].values()), "what was learned differs"


def test_the_same_seed_gives_the_same_run_and_another_one_another():
    with folder() as path:
        name = program(path)
        first = in_process(name, *QUICK)
        same(first, in_process(name, *QUICK), "twice the same")
        other = in_process(name, "--max-steps", str(STEPS), "--seed", "8", "--log-every", "1")
        assert other[0] != first[0]


def test_resumed_is_as_if_never_stopped():
    """Stopped in the midst of an epoch, and gone on from the file it left: dropout, momentum and order included."""
    with folder() as path:
        name = program(path)
        whole = in_process(name, *QUICK)
        done(netc("run", name, "--max-steps", "2", "--seed", "7", "--log-every", "1", cwd=path))
        saved = pth(path)[-1]
        result = done(netc("run", name, *QUICK, "--resume", saved, cwd=path))
        rest = losses(result.out)
        assert rest == whole[0][-len(rest):] and len(rest) == STEPS - 2, "%s of %s" % (rest, whole[0])
        after = tensors(pth(path)[-1])
        for key in after:
            assert after[key] == whole[1][key], key + " differs after --resume"


def test_loaded_weights_are_the_saved_ones():
    with folder() as path:
        name = program(path)
        done(netc("run", name, *QUICK, cwd=path))
        saved = pth(path)[-1]
        first = done(netc("run", name, "test", "--load", saved, cwd=path)).out
        trainer = os.path.join(path, "trainer")
        done(netc("build", name, "-o", trainer))
        second = done(run(trainer, "test", "--load", saved, cwd=path)).out
        assert "accuracy" in first
        numbers = [[word for word in text.split() if word.replace(".", "").isdigit()][:3] for text in (first, second)]
        assert numbers[0] == numbers[1], "%s\n%s" % (first, second)


def test_another_head_goes_on_from_what_was_learned():
    """load_state_dict(strict=False): names need not be the same, shapes must; `test` takes all that a model has."""
    with folder() as path:
        done(netc("run", program(path), *QUICK, cwd=path))
        saved = pth(path)[-1]
        text = PROGRAM.replace("    epochs", '    load "%s", strict=False\n    freeze 0, 3\n    epochs' % saved)
        wide = text.replace("Linear(_, 10)", "Linear(_, 12)")
        head = wide.replace("Linear", "head: Linear").replace("small_{", "other_{")
        other = text.replace("    Conv2d(3", "    first: Conv2d(3").replace("    Conv2d(_", "    next: Conv2d(_")
        other = other.replace("freeze 0, 3", "").replace("Linear", "head: Linear")
        said = done(netc("run", program(path, head), "--max-steps", "2", cwd=path)).out
        assert 'Missing key(s) in state_dict: "head.weight", "head.bias"' in said, said
        assert 'Unexpected key(s) in state_dict: "7.weight", "7.bias"' in said, said
        before, after = tensors(saved), tensors(os.path.join(path, "other_0.pth"))
        assert [one == two for one, two in zip(before.values(), after.values())] == [True] * 4 + [False] * 2
        assert "Missing key(s)" in netc("run", program(path, head), "test", "--load", saved, cwd=path).err
        assert "size mismatch for 7.weight" in netc("run", program(path, wide), cwd=path).err
        assert "it has none of the parameters of Small" in netc("run", program(path, other), cwd=path).err


main(globals())
