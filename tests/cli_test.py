#!/usr/bin/env python3
"""The command line: exit codes, help, hints, --dump, and what is printed where."""
import os
import re

from support import NETC, ROOT, Skip, done, folder, losses, main, netc, run, sample, samples, write

COMMANDS = ["run", "build", "emit", "check", "summary", "graph", "report", "help"]
STEPS = ["syntax", "model", "graph", "autodiff", "fuse", "choose", "layout", "schedule", "plan", "c"]


def refused(result, code, *texts):
    """The command failed with `code`, printed nothing on stdout and the texts on stderr."""
    assert result.code == code, "exit code %d, not %d\n%s" % (result.code, code, result.err)
    assert result.out == "", "stdout: " + result.out
    for text in texts:
        assert text in result.err, "no %r in:\n%s" % (text, result.err)


def test_help_and_version_are_done():
    assert re.match(r"netc \d+\.\d+\.\d+\n$", done(netc("--version")).out)
    for words in (["--help"], ["-h"], ["help"]):
        assert done(netc(*words)).out.startswith("usage: netc run") or "usage: netc run" in netc(*words).out
    for command in COMMANDS:
        text = done(netc(command, "--help")).out
        assert text.startswith("usage: netc " + command), text
        assert done(netc("help", command)).out.startswith(text)  # a setting may have the command's name
        assert done(netc(command, "--version")).out == netc("--version").out


def test_no_command_is_wrong():
    refused(netc(), 2, "usage: netc run")


def test_unknown_command_has_a_hint():
    refused(netc("biuld", "x.net"), 2, "there is no command 'biuld'; did you mean 'build'?")
    refused(netc("frobnicate"), 2, "there is no command 'frobnicate'\n")
    refused(netc("cifar10.net"), 2, "'netc run cifar10.net' trains it now")
    refused(netc("--epochs", "3"), 2, "a command comes first")


def test_unknown_option_has_a_hint():
    refused(netc("run", "x.net", "--epoch-s=3"), 2, "there is no option '--epoch-s'; did you mean '--epochs'?")
    refused(netc("build", "x.net", "-z"), 2, "there is no option '-z'")
    refused(netc("run", "x.net", "--epochs"), 2, "'--epochs' expects an argument")
    refused(netc("check", "x.net", "--epochs", "3"), 2, "there is no option '--epochs'")


def test_targets_are_listed_and_refuse_what_is_another_ones():
    refused(netc("emit", "x.net", "--target", "tpu"), 2, "there is no target 'tpu'; there are: cpu, plain, gpu")
    refused(netc("emit", "x.net", "--target", "plain", "--plain"), 2, "--plain is of the target cpu")
    refused(netc("emit", "x.net", "--target", "plain", "--profile"), 2, "--profile is of the target cpu")
    refused(netc("emit", "x.net", "--target", "plain", "--dump=choose"), 2, "the target plain has no step 'choose'")


LEARNT = """
model M(3, 32, 32) { Flatten(), Linear(_, 10)%s }
data d = Shapes() { ToTensor() }
train M {
    data      d
    loss      %s()
    optimizer SGD()
}
"""


def test_outputs_that_a_loss_does_not_take_are_warned_of():
    takes = {
        ("", "CrossEntropyLoss"): None,
        (", LogSoftmax(dim=1)", "NLLLoss"): None,
        (", LogSoftmax(dim=1)", "CrossEntropyLoss"): None,
        (", Softmax(dim=1), ReLU()", "CrossEntropyLoss"): None,
        (", Softmax(dim=1)", "CrossEntropyLoss"): "leave the layer out",
        (", Sigmoid()", "CrossEntropyLoss"): "leave the layer out",
        ("", "NLLLoss"): "NLLLoss takes logarithms of probabilities, which Linear does not give: end the model with",
        (", Softmax(dim=1)", "NLLLoss"): "which Softmax does not give",
    }
    with folder() as path:
        name = os.path.join(path, "m.net")
        for (end, loss), text in takes.items():
            with open(name, "w", encoding="utf-8") as file:
                file.write(LEARNT % (end, loss))
            said = netc("check", name)
            assert said.code == 0, said.err
            assert text in said.err and "warning: " in said.err if text else not said.err, (end, loss, said.err)


def test_wrong_words_and_values():
    refused(netc("check"), 2, "which file?")
    refused(netc("check", "a.net", "b.net"), 2, "'b.net' is one word too many")
    refused(netc("check", "a.net", "--set", "lr"), 2, "--set expects PATH=VALUE")
    for size in ("0", "-4", "many", "99999999999"):
        refused(netc("run", "a.net", "--batch-size", size), 2, "--batch-size expects a whole number")
    refused(netc("emit", "a.net", "--dump=autodif"), 2, "no step 'autodif'", "did you mean 'autodiff'?")


def test_missing_file():
    refused(netc("check", "no-such-file.net"), 1, "no-such-file.net")


def test_wrong_model_is_1_and_named():
    with folder() as path:
        name = os.path.join(path, "wrong.net")
        with open(name, "w", encoding="utf-8") as file:
            file.write("model M(3, 32, 32) {\n    Convv2d(3, 8, 3)\n}\n")
        for command in ("check", "emit", "build", "run", "summary"):
            refused(netc(command, name), 1, "wrong.net:2:5: error: ", "did you mean")


def test_model_without_train_block():
    with folder() as path:
        name = os.path.join(path, "only.net")
        with open(name, "w", encoding="utf-8") as file:
            file.write("model M(3, 32, 32) {\n    Conv2d(3, 8, 3)\n}\n")
        assert done(netc("check", name)).out == ""
        assert "224" in done(netc("summary", name)).out
        assert "conv2d" in done(netc("check", name, "--dump=graph")).out
        for command in ("build", "run"):
            refused(netc(command, name), 1, "there is no train block")
        emitted = done(netc("emit", name)).out
        assert "the forward pass of the model of only.net" in emitted and "int main" not in emitted
        assert done(netc("emit", name, "--profile")).out == emitted  # it is the program's main that prints a profile
        source = os.path.join(path, "only.c")
        with open(source, "w", encoding="utf-8") as file:
            file.write(emitted)
        done(run("cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I", os.path.join(ROOT, "runtime"), "-c", source,
                 "-o", os.path.join(path, "only.o")))
        for step in ("autodiff", "fuse", "choose", "layout", "schedule", "plan"):
            assert done(netc("check", name, "--dump=%s" % step)).out
        with open(name, "a", encoding="utf-8") as file:
            file.write("model N(3, 32, 32) {\n    Flatten()\n}\n")
        refused(netc("emit", name), 1, "several models")


def test_batches_too_small_for_a_norm_are_refused_before_the_first_step():
    text = """model M(3, 32, 32) {{ Flatten(), Linear(_, 10), {} }}
data d = Shapes(train=False) {{ ToTensor() }}
train M {{
    data d, batch_size={}, drop_last={}
    test d, batch_size={}
    loss CrossEntropyLoss()
    optimizer SGD(lr=0.1)
}}
"""
    tracked, untracked = "BatchNorm1d(_)", "BatchNorm1d(_, track_running_stats=False)"
    one_by_one, pairs = "GroupNorm(10, _)", "GroupNorm(5, _)"
    with folder() as path:
        name = os.path.join(path, "norm.net")
        for norm, size, drop, test, wrong in ((tracked, 1, True, 9, True), (tracked, 1999, False, 9, True),
                                              (tracked, 1999, True, 1999, False), (untracked, 100, False, 1999, True),
                                              (one_by_one, 1, True, 9, True), (one_by_one, 100, False, 1999, True),
                                              (one_by_one, 100, False, 9, False), (pairs, 1, True, 1, False)):
            with open(name, "w", encoding="utf-8") as file:
                file.write(text.format(norm, size, drop, test))
            result = netc("run", name, "--max-steps", "1")
            assert result.code == wrong and (not wrong or "expects more than 1 value per channel" in result.err), result


def test_memory_that_is_short_is_told_before_the_first_step():
    """Parameters that the system gives, since nothing of them is touched, and what Adam keeps of them."""
    with open("/proc/meminfo", encoding="ascii") as file:
        sizes = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in file}
    side = 24576
    layers = max(1, int(0.6 * (sizes["MemTotal"] + sizes["SwapTotal"]) / (4 * side * side)))
    text = """model M(3, 32, 32) { Flatten(), Linear(_, %d), repeat %d { Linear(%d, %d) }, Linear(_, 10) }
data d = Shapes(train=False) { ToTensor() }
train M {
    data d, batch_size=2
    loss CrossEntropyLoss()
    optimizer Adam()
}
""" % (side, layers, side, side)
    with folder() as path:
        name = os.path.join(path, "large.net")
        with open(name, "w", encoding="utf-8") as file:
            file.write(text)
        result = netc("run", name, env={"MALLOC_PERTURB_": "0"})  # meson's, by which libc would touch all of it
        assert result.code == 1 and not losses(result.out), result.out + result.err
        assert re.search("memory is short: the plan of M takes [0-9.]+ GB, and [0-9.]+ GB are free\n.*batch|"
                         "no memory for ", result.err), result.err


def test_gradients_of_a_small_model_are_those_of_its_loss():
    """The cases do the same with the layers, but not with sanitizers."""
    text = """model M(2) { Linear(2, 4), Tanh(), Linear(4, 1) }
data d = CSV("d.csv", target="y")
train M { seed 1
    data d, batch_size=3
    loss MSELoss()
    optimizer SGD(lr=0.1)
}
"""
    with folder() as path:
        write(path, "d.csv", "a,b,y\n0.5,1,2\n-1,0.25,0\n2,-0.5,1\n")
        out = done(netc("run", write(path, "m.net", text), "gradients", cwd=path)).out
        assert re.findall(r"^(\S+) +(\d+) +(\d+) +0 ", out, re.M) == [
            ("0.weight", "8", "8"), ("0.bias", "4", "4"), ("2.weight", "4", "4"), ("2.bias", "1", "1")], out


def test_parameters_for_other_classes_tell_how_a_head_is_replaced():
    """The trap of the tutorials: a file of a model with 1000 classes, and a model of it with 10."""
    text = """model Base(3, 32, 32, classes=1000) { features: { Conv2d(3, 4, 3, stride=4), ReLU() }
    flatten(1)
    fc: Linear(_, classes)
}
model Other(3, 32, 32) { Flatten(), Linear(_, 10) }
%s
data d = Shapes(train=False) { ToTensor() }
train %s {
    data d, batch_size=10
    loss CrossEntropyLoss()
    optimizer SGD(lr=0.1)
    save "%s.pth"
}
"""
    changes = (("Base(classes=10, weights='a.pth')", "leave num_classes away, and say behind it { replace fc = "
                "Linear(256, 10) }"),
               ("Other(weights='a.pth') { replace 1 = Linear(_, 10) }", "this is a file of another model: it has no "
                "parameter of Other"))
    with folder() as path:
        name = os.path.join(path, "base.net")

        def train(change, model, saved):
            with open(name, "w", encoding="utf-8") as file:
                file.write(text % (change, model, saved))
            return netc("run", name, "--max-steps", 1, cwd=path)
        done(train("model Thousand = Base()", "Thousand", "a"))
        for change, said in changes:
            result = train("model Ten = " + change, "Ten", "b")
            assert result.code == 1 and said in result.err, result.out + result.err
        done(train("model Ten = Base(weights='a.pth') { replace fc = Linear(_, 10) }", "Ten", "b"))


def test_every_step_can_be_printed():
    names = samples()
    if not names:
        raise Skip("no samples")
    for step in STEPS:
        text = done(netc("build", sample(names[0]), "--dump=" + step)).out
        assert len(text) > 100, step + ": " + text
    assert done(netc("build", sample(names[0]), "--dump=c")).out == done(netc("emit", sample(names[0]))).out
    assert done(netc("run", sample(names[0]), "--dump=c")).out == done(netc("emit", sample(names[0]), "--plain")).out


def test_check_is_silent_and_reads_standard_input():
    for name in samples():
        result = done(netc("check", sample(name)))
        assert result.out == result.err == ""
        with open(sample(name), encoding="utf-8") as file:
            text = file.read()
        assert done(netc("emit", "-", stdin=text)).out


def test_emit_writes_its_file_whole():
    name = samples()[0]
    with folder() as path:
        out = os.path.join(path, "x.c")
        assert done(netc("emit", sample(name), "-o", out)).out == ""
        with open(out, encoding="utf-8") as file:
            assert file.read() == done(netc("emit", sample(name))).out
        assert os.listdir(path) == ["x.c"]
        refused(netc("emit", sample(name), "-o", os.path.join(path, "no", "x.c")), 1, "cannot write")


def test_missing_and_failing_compiler():
    with folder() as path:
        out = os.path.join(path, "trainer")
        refused(netc("build", sample(samples()[0]), "-o", out, "--cc", "no-such-cc"), 1, "no C compiler 'no-such-cc'")
        refused(netc("build", sample(samples()[0]), "-o", out, "--cc", "false"), 1, "'false' failed with exit code 1")
        refused(netc("build", sample(samples()[0]), "-o", os.path.join(path, "no", "t")), 1, "cannot write")
        assert os.listdir(path) == []


def test_runtime_that_is_not_there():
    with folder() as path:
        result = netc("build", sample(samples()[0]), "-o", os.path.join(path, "t"), env={"NETC_HOME": path})
        refused(result, 1, "the runtime is not there", "netc.h' is missing")
        assert os.listdir(path) == []


def test_relative_paths_of_data_begin_at_the_file():
    """And at the current folder for a standalone trainer; --data replaces the root."""
    with folder() as path:
        os.mkdir(os.path.join(path, "sub"))
        with open(sample("cifar10"), encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(path, "sub", "x.net"), "w", encoding="utf-8") as file:
            file.write(text)
        trainer = os.path.join(path, "x")
        done(netc("build", "sub/x.net", "-o", trainer, cwd=path))
        assert "\nCommands:\n  train " in done(run(trainer, "--help")).out
        for words, root in (([NETC, "run", "sub/x.net"], "sub/data"), ([trainer], "data"),
                            ([NETC, "run", "sub/x.net", "--data", "other"], "other"),
                            ([trainer, "--data", "other"], "other")):
            result = run(*words, cwd=path)
            assert result.code == 1 and "in %s:" % root in result.err, "%s: %s" % (words, result.err)


def test_trainer_options_are_checked():
    name = sample("shapes")
    for words in (["--epochs", "many"], ["--threads=0"], ["--lr", "fast"], ["tset"]):
        assert netc("run", name, *words).code == 2, words
    assert netc("run", name, "--load", "no-such.pth", "test").code == 1


def test_batch_size_and_set_replace_values():
    name = sample(samples()[0])
    assert ".batch = 48" in done(netc("emit", name, "--batch-size", "48")).out
    assert "0.125" in done(netc("emit", name, "--set", "train.optimizer.lr=0.125")).out
    refused(netc("emit", name, "--set", "train.optimizer.lrr=0.125"), 1, "lrr")


def test_summary_counts_a_training_step():
    """A convolution whose input is data has no gradient of it: its backward pass is as much as its forward pass."""
    with folder() as path:
        write(path, "x.net", """model M(2, 16, 16) { Conv2d(2, 4, 3, bias=False), Flatten(), Linear(_, 10) }
data shapes = Shapes(train=True, size=16) { Grayscale(), ToTensor() }
train M { data shapes, batch_size=50
    loss CrossEntropyLoss()
    optimizer SGD(lr=0.1)
    freeze 0
}
""".replace("M(2,", "M(1,").replace("Conv2d(2,", "Conv2d(1,"))
        out = done(netc("summary", "x.net", cwd=path)).out
        conv, linear = 2 * 4 * 9 * 14 * 14, 2 * 4 * 14 * 14 * 10
        assert "of these parameters 7,850 learn, and 36 are frozen" in out, out
        step, forward = re.search(r"step: ([\d.]+) GFLOP, of which the forward pass has ([\d.]+)", out).groups()
        assert float(forward) == round(50e-9 * (conv + linear), 3), out
        assert float(step) == round(50e-9 * (conv + 2 * linear), 3), out
        assert "if none shared its place with another" in out
        assert re.search(r"^path +layer +input +output +kernel +parameters +mult-adds\n", out, flags=re.M), out
        assert re.search(r"^0 +Conv2d\(1, 4, 3, bias=False\) +1x16x16 +4x14x14 +3x3 +36 +%s\n" % format(conv // 2, ","),
                         out, flags=re.M), out
        kept = 50 * (4 * 4 * 14 * 14 + 4 * 10 + 8) + 4  # what is frozen keeps nothing: linear's input, softmax, targets
        assert "layer after layer PyTorch keeps %s for the backward pass" % format(kept, ",") in out, out


def test_manual_and_completion_name_every_option():
    pages = {}
    for page in ("netc.1", "netc.bash"):
        with open(os.path.join(ROOT, "compiler", "install", page), encoding="utf-8") as file:
            pages[page] = file.read().replace("\\-", "-")
    for command in COMMANDS:
        options = re.findall(r"^\s+(?:-\w, |\s+)--([\w-]+)", done(netc("help", command)).out, flags=re.M)
        assert "help" in options
        for option in options:
            for page, text in pages.items():
                assert "--" + option in text, "%s has no --%s" % (page, option)


main(globals())
