#!/usr/bin/env python3
"""Devices other than the CPU: what is said where there is none; the kernels as the compilers of CUDA and OpenCL see
them; and training beside the CPU: by a CUDA without a GPU, by OpenCL, which PoCL is on a machine without a GPU, or by
what NETC_GPU names."""
import ctypes
import glob
import os
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "parity")]
import devices  # noqa: E402
from devices import fake_cuda  # noqa: E402
from gpu_programs import PERCEPTRON, PROGRAMS, Program  # noqa: E402
from support import Skip, done, folder, main, netc, run, sample, tensors, write  # noqa: E402

BY_OPENCL = ("images", "tokens")  # PoCL compiles for so long that it has these alone, where NETC_GPU is not set


def in_double(program, device, env):
    """The losses, test loss and parameters are those of the plain target: these say what the gradients were."""
    with folder() as path:
        name = program.write(path)
        wrong = devices.differs(devices.trained(path, name, device, env=env), devices.in_double(path, name))
        assert not wrong, wrong


def test_a_perceptron_learns_by_opencl_what_it_learns_in_double():
    devices.needs_opencl()
    in_double(PERCEPTRON, "opencl", devices.POCL)


def of_program(name):
    def layers():
        by_opencl = name in BY_OPENCL and not devices.DEVICE and devices.has_opencl()
        with folder() as path:
            in_double(PROGRAMS[name], *(("opencl", devices.POCL) if by_opencl else devices.chosen_device(path)))
    return layers


# A test for each, so that the output tells which.
globals().update({"test_the_layers_of_" + name: of_program(name) for name in PROGRAMS})


def test_the_kernels_of_all_programs_are_opencl():
    devices.needs_opencl_compiler()
    with folder() as path:
        devices.check_as_opencl(*[program.write(path, name + ".net") for name, program in PROGRAMS.items()])


def test_these_programs_name_every_layer_loss_and_optimizer():
    texts = "".join(program.text for program in [PERCEPTRON, *PROGRAMS.values()])
    for group in ("layers", "losses", "optimizers"):
        names = [line.split()[0] for line in done(netc("help", group)).out.splitlines()
                 if line[:1].strip() and line[0].isupper()]
        missing = [name for name in names if not re.search(r"\b%s\b *[({]" % name, texts)]
        assert len(names) > 5 and not missing, "%s: %s" % (group, missing)


def test_a_run_goes_on_on_another_device_and_gives_the_same_bits_again():
    devices.needs_opencl()
    with folder() as path:
        name = PERCEPTRON.write(path)

        def saved(file, *words):
            done(netc("run", name, "--quiet", "--set", "train.save=" + file, *words, cwd=path, env=devices.POCL))
            return tensors(os.path.join(path, file))

        saved("half.pth", "--device", "opencl", "--max-steps", 5)
        there = saved("there.pth", "--device", "opencl", "--resume=half.pth")
        assert there == saved("again.pth", "--device", "opencl"), "a run that was stopped gives other bits"
        here = saved("here.pth", "--resume=half.pth")
        assert sorted(here) == sorted(there)
        tested = [float(re.search(r"test_loss (\S+)", done(
            netc("run", name, "test", "--load", "there.pth", *device, cwd=path, env=devices.POCL)).out).group(1))
                  for device in ((), ("--device", "opencl"))]
        assert abs(tested[0] - tested[1]) < 2e-6, tested


def calls_of(env):
    with open(env["FAKE_CUDA_LOG"], encoding="utf-8") as file:
        return {name: int(count) for name, count in (line.split() for line in file)}


def of_two_steps(name, path, env):
    """What steps 7 and 8, of the second epoch, call; and what is printed. Saves 6.pth and 8.pth."""
    calls = []
    for steps in (6, 8):
        out = done(netc("run", name, "--device", "cuda", "--max-steps", steps, "--set",
                        "train.save=%d.pth" % steps, cwd=path, env=env)).out
        calls.append(calls_of(env))
    return {call: calls[1][call] - calls[0][call] for call in calls[1]
            if calls[1][call] != calls[0][call] and call != "pages"}, out


def test_cuda_learns_what_the_cpu_learns_in_one_launch_a_step():
    with folder() as path:
        program, env = PROGRAMS["branches"].but("accumulate 2", "lookahead k=3, alpha=0.3"), fake_cuda(path)
        wrong = devices.wrong_with(program.write(path), path, "cuda", env=env)
        assert not wrong, wrong
        untested = write(path, "untested.net", program.but("    test items, batch_size=6\n", "").but(
            "    lookahead k=3, alpha=0.3\n", "").text)
        # Of each step a launch, and masks and numbers there; nothing back, no wait.
        assert of_two_steps(untested, path, env)[0] == {"cuGraphLaunch": 2, "cuMemcpyHtoDAsync_v2": 4}


def test_what_the_steps_of_the_cpu_would_take_is_not_taken():
    with folder() as path:
        name = write(path, "m.net", "model M(1, 64, 64) { Conv2d(1, 32, 3), Flatten(), Linear(_, 10) }\n"
                     "data d = Shapes(size=64, channels=1) { ToTensor() }\n"
                     "train M {\n data d, batch_size=64\n loss CrossEntropyLoss()\n optimizer SGD(lr=0.1) }\n")
        pages, env = [], fake_cuda(path)
        for batch in (64, 1):
            done(netc("run", name, "--quiet", "--device", "cuda", "--max-steps", 0, "--threads", 1, "--batch-size",
                      batch, cwd=path, env=env))
            pages.append(calls_of(env)["pages"])
        values = 64 * 32 * 62 * 62 * 4 # bytes of what the convolution makes of a batch
        assert abs(pages[0] - pages[1]) * os.sysconf("SC_PAGESIZE") < values / 4, pages


# Images of bytes, so many that no four of them are read at once; and the same, changed by chance before each epoch.
BYTES = """model M(1, 17, 17) { Flatten(), Linear(_, 10) }
data all = Shapes(train=True, size=17, channels=1) { ToTensor(), Normalize((0.5,), (0.25,)) }
data few = Subset(all, range(28))
train M {
    data few, batch_size=6, shuffle=True
    test few, batch_size=5
    seed 1
    epochs 2
    loss CrossEntropyLoss()
    optimizer SGD(lr=0.05)
    save "m.pth"
}
"""
FLIPPED = BYTES.replace("{ ToTensor", "{ RandomHorizontalFlip(), ToTensor").replace("test few", "test same").replace(
    "\ntrain", "\ndata rest = Shapes(size=17, channels=1) { ToTensor() }\ndata same = Subset(rest, range(9))\ntrain")


def test_data_sets_are_gathered_on_the_device_where_there_is_room():
    with folder() as path:
        env, name = fake_cuda(path), write(path, "m.net", BYTES)
        wrong = devices.wrong_with(name, path, "cuda", env=env)
        assert not wrong, wrong
        saved = []
        for room, said, copies in (("1000000", "are there too", 1), ("60000", "stay here", 3)):
            small = dict(env, FAKE_CUDA_BYTES=room)
            more, out = of_two_steps(name, path, small)
            assert out.count(said) == 2, out
            assert more == {"cuGraphLaunch": 2, "cuMemcpyHtoDAsync_v2": 2 * copies}, more
            # It goes on in the middle of an epoch, where no batch is the first one of its order.
            done(netc("run", name, "--quiet", "--device", "cuda", "--max-steps", 8, "--resume=6.pth", cwd=path,
                      env=small))
            saved += [tensors(os.path.join(path, file)) for file in ("8.pth", "m.pth")]
        assert all(bits == saved[0] for bits in saved)
        refused = netc("run", name, "--device", "cuda", cwd=path, env=dict(env, FAKE_CUDA_BYTES="50000"))
        assert refused.code == 1 and re.search(r"device cuda, fake: a step takes 55\.\d kB of memory, .* of it in one "
                                               r"block; the device has 50\.0 kB", refused.err), refused.err


def test_images_that_are_changed_by_chance_are_made_here():
    with folder() as path:
        env, name = fake_cuda(path), write(path, "m.net", FLIPPED)
        wrong = devices.wrong_with(name, path, "cuda", env=env)
        assert not wrong, wrong
        out = done(netc("run", name, "--device", "cuda", "--max-steps", 1, cwd=path, env=env)).out
        assert "the test data" in out and "the training data" not in out, out


def test_cuda_gives_the_same_bits_in_any_order_and_without_graphs():
    with folder() as path:
        name, env = PERCEPTRON.but("m.safetensors", "m.pth").write(path), fake_cuda(path)
        plain = fake_cuda(path, "-DWITHOUT_GRAPHS")
        saved = []
        for more in (env, dict(env, FAKE_CUDA_ORDER="1"), dict(env, FAKE_CUDA_ORDER="2"), plain):
            done(netc("run", name, "--quiet", "--device", "cuda", cwd=path, env=more))
            saved.append(tensors(os.path.join(path, "m.pth")))
        assert all(bits == saved[0] for bits in saved), "an order of the device's changes the bits"
        assert "cuGraphLaunch" not in calls_of(plain), "there are no graphs, and one was played"
        diverged = [netc("run", name, "--device", device, "--lr", "1e30", cwd=path, env=env).err
                    for device in ("cpu", "cuda")]
        assert diverged[0] == diverged[1] and "the loss at step 2 is nan" in diverged[1], diverged


def test_without_a_driver_auto_trains_on_the_cpu_and_says_why():
    if run("sh", "-c", "ldconfig -p | grep -q libcuda.so.1").code == 0:
        raise Skip("there is a CUDA driver")
    with folder() as path:
        name = PERCEPTRON.write(path)
        out = done(netc("run", name, "--device", "auto", "--max-steps", 1, cwd=path)).out
        assert "no CUDA driver: libcuda.so.1 not found; training on the CPU" in out, out
        refused = netc("run", name, "--device", "cuda", cwd=path)
        assert refused.code == 1 and "device cuda: no CUDA driver: libcuda.so.1 not found" in refused.err, refused.err
        assert "--device cpu trains without it" in refused.err, refused.err


def test_a_program_with_kernels_for_the_cpu_alone_says_so():
    with folder() as path:
        name = PERCEPTRON.write(path)
        done(netc("build", name, "-o", os.path.join(path, "m"), cwd=path))
        refused = run(os.path.join(path, "m"), "--device", "opencl", cwd=path)
        assert refused.code == 1 and "this program has kernels for the CPU alone" in refused.err, refused.err
        wrong = run(os.path.join(path, "m"), "--device", "cpu", "--max-steps", 0, cwd=path)
        assert wrong.code == 0, wrong.err


def test_what_no_device_knows_is_refused_before_the_first_step():
    with folder() as path:
        shown = Program("Conv2d(3, 3, 1), Flatten(), Linear(_, 5)", ["log \"logs\", images=2, layers=[0]",
                        "loss CrossEntropyLoss()", "optimizer SGD(lr=0.1)"], (3, 5, 4))
        name = shown.write(path)
        refused = netc("run", name, "--device", "opencl", cwd=path)
        assert refused.code == 1 and "device 'opencl' does not show what layers make" in refused.err, refused.err


def cuda_texts():
    """Kernels that between them have most of what the emitter prints, by name; these also with tensor cores."""
    for name, *words in (("cifar10",), ("cifar10", "--set", "train.precision=tf32"), ("books",), ("senet",)):
        text = done(netc("emit", sample(name), "--target", "gpu", *words)).out
        assert re.search(r"^KERNEL ", text, re.M)
        assert ("mma.sync" in text) == bool(words)
        yield name, text


def test_the_compiler_of_cuda_takes_the_kernels_without_a_warning():
    nvcc = shutil.which("nvcc")
    if not nvcc:
        raise Skip("no nvcc")
    with folder() as path:
        for name, text in cuda_texts():
            kernels = write(path, name + ".cu", text)
            result = run(nvcc, "-ptx", "-arch=sm_80", "-Xcicc", "-O0", "-Werror", "all-warnings", kernels, "-o",
                         kernels + ".ptx")
            assert result.code == 0 and not result.err, name + ": " + result.err


def test_a_trainer_that_is_built_where_nvcc_is_carries_what_it_makes_of_the_kernels():
    with folder() as path:
        name = PERCEPTRON.write(path)
        done(netc("build", name, "--device", "auto", "--keep-c", "-o", os.path.join(path, "m"), cwd=path))
        with open(os.path.join(path, "m.c"), encoding="utf-8") as file:
            carries = ".ptx = device_ptx" in file.read()
        assert carries == bool(shutil.which("nvcc"))


def nvrtc():
    """The compiler that `device cuda` uses: the system's, or that of the PyTorch in NETC_ORACLE."""
    oracle = os.path.dirname(os.path.dirname(os.environ.get("NETC_ORACLE", "/nowhere/bin/python")))
    folders = glob.glob(os.path.join(oracle, "lib/python*/site-packages/nvidia/*/lib"))
    for place in [""] + [one + "/" for one in folders]:
        for version in ("13", "12", "11.2"):
            try:
                for builtins in glob.glob(place + "libnvrtc-builtins.so.*") if place else []:
                    ctypes.CDLL(builtins, mode=ctypes.RTLD_GLOBAL)
                return ctypes.CDLL(place + "libnvrtc.so." + version)
            except OSError:
                pass
    raise Skip("no NVRTC")


def test_nvrtc_takes_the_kernels_too():
    library = nvrtc()
    for name, text in cuda_texts():
        text = text.encode()
        program, length = ctypes.c_void_p(), ctypes.c_size_t()
        options = (ctypes.c_char_p * 2)(b"--gpu-architecture=compute_80", b"--std=c++14")
        assert library.nvrtcCreateProgram(ctypes.byref(program), text, b"kernels.cu", 0, None, None) == 0
        status = library.nvrtcCompileProgram(program, len(options), options)
        library.nvrtcGetProgramLogSize(program, ctypes.byref(length))
        log = ctypes.create_string_buffer(length.value)
        library.nvrtcGetProgramLog(program, log)
        assert status == 0 and not log.value, "%s: %d %s" % (name, status, log.value.decode()[:2000])
        library.nvrtcDestroyProgram(ctypes.byref(program))


main(globals())
