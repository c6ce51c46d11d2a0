#!/usr/bin/env python3
"""Programs that travel: what netc and its trainers need of a machine is libc and libm."""
import os
import re
import shutil
import subprocess

from support import NETC, ROOT, Skip, done, folder, main, netc, run, sanitized, tensors, write

PROGRAM = """
model Small(1, 16, 16) {
    Conv2d(1, 4, 3, padding=1), ReLU(), MaxPool2d(2), Flatten()
    Linear(_, 10)
}
data shapes = Shapes(train=True, size=16, channels=1) { ToTensor() }
data others = Shapes(train=False, size=16, channels=1) { ToTensor() }
train Small {
    seed       3
    data       shapes, batch_size=64, shuffle=True
    test       others, batch_size=500
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.1)
    epochs     1
    log        "logs", every=2
    save       "small.pth"
}
"""
TEST = '    test       others, batch_size=500\n'
STEPS = ["--max-steps", "4"]


PICTURES = """
model Small(3, 16, 16) { Conv2d(3, 4, 3), ReLU(), Flatten(), Linear(_, 4) }
data pictures = ImageFolder("FOLDER") { Resize((16, 16)), ToTensor() }
train Small {
    seed       3
    data       pictures, batch_size=2, shuffle=True
    loss       CrossEntropyLoss()
    optimizer  SGD(lr=0.1)
    epochs     1
    save       "small.pth"
}
"""


def built(path, text, *options, name="small"):
    """The program, and a trainer made of it."""
    if sanitized():
        raise Skip("this netc is built with sanitizers, which need libraries of their own")
    source, trainer = os.path.join(path, "small.net"), os.path.join(path, name)
    with open(source, "w", encoding="utf-8") as file:
        file.write(text)
    result = netc("build", source, "-o", trainer, *options)
    if result.code and "--static needs" in result.err and re.search(r"cannot find -l[cm]\b", result.err):
        raise Skip("the C library has no static form here")
    done(result)
    return source, trainer


def libraries(program):
    """Paths of the shared libraries that a program is started with."""
    return re.findall(r"(/\S+) \(0x", run("ldd", program).out)


def empty_root(path, *programs):
    """A folder with nothing but the programs, and libc and libm where they look for them."""
    root = os.path.join(path, "root")
    os.mkdir(root)
    for program in programs:
        shutil.copy(program, root)
        for library in libraries(program):
            name = os.path.basename(library)
            assert re.match(r"(libc|libm|ld-linux\S*)\.so", name), "%s needs %s" % (program, name)
            place = root + os.path.dirname(library)
            os.makedirs(place, exist_ok=True)
            shutil.copy(library, place)
    return root


def inside(root, *words):
    """Runs a command that sees nothing but `root`."""
    start = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--root=" + root, "--wd=/"]
    if not shutil.which("unshare") or subprocess.run([*start, "/small", "--help"], capture_output=True).returncode != 0:
        raise Skip("no program can be given a root of its own here")
    return run(*start, *words)


def saved(path, *words):
    """What a command saves when it trains in a folder of its own."""
    os.makedirs(path, exist_ok=True)
    done(run(*words, *STEPS, cwd=path))
    return tensors(os.path.join(path, "small.pth"))


def check_inside(path, root, *words):
    """Trains, saves, logs, tests and goes on in an empty root, with the bits that there are outside."""
    here = [root + word if word.startswith("/") else word for word in words]
    wanted = saved(os.path.join(path, "outside"), *here)
    done(inside(root, *words, *STEPS))
    assert tensors(os.path.join(root, "small.pth")) == wanted, "other bits are saved"
    assert os.listdir(os.path.join(root, "logs"))
    assert "test_loss" in done(inside(root, *words, "test", "--load=/small.pth")).out
    done(inside(root, *words, "--resume", "--max-steps=2"))


def test_a_trainer_needs_libc_alone():
    with folder() as path:
        check_inside(path, empty_root(path, built(path, PROGRAM)[1]), "/small")


def test_netc_needs_libc_alone():
    with folder() as path:
        name, trainer = built(path, PROGRAM)
        root = empty_root(path, NETC, trainer)
        shutil.copy(name, root)
        check_inside(path, root, "/netc", "run", "/small.net")


def test_static_needs_nothing():
    with folder() as path:
        trainer = built(path, PROGRAM, "--static")[1]
        assert not libraries(trainer), "a static trainer has libraries"
        check_inside(path, empty_root(path, trainer), "/small")


def test_static_by_musl():
    """The same with another C library than the runtime was compiled for, threads, pictures and messages included."""
    if not shutil.which("musl-gcc"):
        raise Skip("there is no musl-gcc")
    pictures = os.path.join(ROOT, "tests", "fixtures", "pictures")
    with folder() as path:
        trainer = built(path, PROGRAM, "--static", "--cc", "musl-gcc")[1]
        assert not libraries(trainer), "a static trainer has libraries"
        assert b"GLIBC_" not in open(trainer, "rb").read(), "it is glibc that it has"
        check_inside(path, empty_root(path, trainer), "/small")
        for name in "jpeg-444.jpg", "png-filters.png":
            os.makedirs(os.path.join(path, "pictures", name[:-4]))
            shutil.copy(os.path.join(pictures, name), os.path.join(path, "pictures", name[:-4]))
        text = PICTURES.replace("FOLDER", os.path.join(path, "pictures"))
        musl = built(path, text, "--static", "--cc", "musl-gcc")[1]
        other = built(path, text, name="other")[1]
        found, wanted = (saved(os.path.join(path, "in"), program, "--epochs=1") for program in (musl, other))
        assert found == wanted, "other bits are saved"
        for folder_of, name in (("jpeg-444", "jpeg-444.jpg"), ("png-filters", "png-filters.png")):
            file = os.path.join(path, "pictures", folder_of, name)
            with open(file, "rb") as whole:
                bytes_of_file = whole.read()
            with open(file, "wb") as cut:
                cut.write(bytes_of_file[:len(bytes_of_file) // 2])
            result = run(musl, *STEPS, cwd=path) # the libraries leave by longjmp, and print into their messages
            assert result.code == 1 and name in result.err, result.err
            with open(file, "wb") as again:
                again.write(bytes_of_file)


def test_musl_wants_static():
    if not shutil.which("musl-gcc"):
        raise Skip("there is no musl-gcc")
    with folder() as path:
        result = netc("build", write(path, "small.net", PROGRAM), "--cc", "musl-gcc", cwd=path)
        assert result.code == 1 and "say --static: netc build ... --static --cc musl-gcc" in result.err, result.err
        assert "undefined reference" not in result.err and os.listdir(path) == ["small.net"], result.err


def test_static_has_jpeg_and_png():
    """Pictures that netc reads by libraries: those that are part of the trainer, and one that is not."""
    pictures = os.path.join(ROOT, "tests", "fixtures", "pictures")
    with folder() as path:
        for name in "jpeg-444.jpg", "jpeg-grey-progressive.jpg", "png-filters.png", "bmp-24.bmp":
            os.makedirs(os.path.join(path, "pictures", name[:-4]))
            shutil.copy(os.path.join(pictures, name), os.path.join(path, "pictures", name[:-4]))
        text = PICTURES.replace("FOLDER", os.path.join(path, "pictures"))
        whole, other = built(path, text, "--static")[1], built(path, text, name="other")[1]
        found, wanted = (saved(os.path.join(path, "in"), program, "--epochs=1") for program in (whole, other))
        assert found == wanted, "other bits are saved"
        done(run(whole, "data", cwd=path))
        assert os.path.getsize(os.path.join(path, "pictures.png"))
        shutil.copy(os.path.join(pictures, "tiff-1.tif"), os.path.join(path, "pictures", "bmp-24"))
        result = run(whole, *STEPS, cwd=path)
        assert result.code == 1 and "libtiff" in result.err and "--static" in result.err, result.err


def processor(name):
    """A command before a program: it runs on such a processor."""
    if os.uname().machine != "x86_64" or not shutil.which("qemu-x86_64"):
        raise Skip("there is no qemu-x86_64")
    return ["qemu-x86_64", "-cpu", name]


def test_a_processor_that_lacks_vectors_is_told():
    start = processor("Nehalem")
    with folder() as path:
        trainer = built(path, PROGRAM.replace(TEST, ""), "--march", "x86-64-v3")[1]
        result = run(*start, trainer, cwd=path)
        assert result.code == 1 and "this one lacks AVX2, FMA, AVX" in result.err, result.err
        assert "--march any" in result.err, result.err


def test_any_processor():
    """The variant of each width saves what a trainer for such a processor saves."""
    starts = {"x86-64": processor("Nehalem"), "x86-64-v3": processor("Haswell")}
    with folder() as path:
        trainer = built(path, PROGRAM.replace(TEST, ""), "--march", "any")[1]
        for march, start in starts.items():
            alone = built(path, PROGRAM.replace(TEST, ""), "--march", march, name=march)[1]
            found, wanted = (saved(os.path.join(path, "in"), *start, program) for program in (trainer, alone))
            assert found == wanted, march + ": other bits are saved"
        assert saved(os.path.join(path, "in"), trainer) == saved(os.path.join(path, "in"), NETC, "run",
                                                                 os.path.join(path, "small.net"))


main(globals())
