#!/usr/bin/env python3
"""Libraries (netc build --library): what a C and a C++ program make of samples by them is what `netc predict` does.

    library_test.py [--every N] [NAME...]

--every takes every Nth row of parity/items_table.py, and is 149 where nothing is said."""
import base64
import ctypes
import json
import os
import random
import re
import shutil
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "parity"))
import items  # noqa: E402
from browser import Browser  # noqa: E402
from support import ROOT, Skip, compilers, done, folder, main, netc, read, run, sample, samples, write  # noqa

STRICT = ["-Wall", "-Wextra", "-Werror"]
# The forms of a library: netc's options, and what the compiler is told besides. Vectors are GNU's extension.
FORMS = [(["--plain"], ["-pedantic"]), ([], []), ([], ["-march=native"])]
SAMPLES = 3

# A program that includes NAME.h and nothing else of netc's: it takes the samples of a file through the model.
PROGRAM = """
#include "NAME.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *whole(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = (char *)malloc(1 << 28);
    *size = file == NULL || bytes == NULL ? 0 : fread(bytes, 1, 1 << 28, file);
    return realloc(bytes, *size + 1);
}

int main(int argc, char **argv)
{
    size_t size, used = 0;
    void *arena = malloc(NAME_ARENA_BYTES), *memory = malloc(NAME_SELF_TEST_BYTES);
    float *y = (float *)malloc(NAME_OUTPUTS * sizeof *y);
    (void)argc;
#ifdef NAME_WEIGHTS_BYTES
    void *weights = whole("NAME.weights", &size);
    if (size != NAME_WEIGHTS_BYTES || NAME_self_test(memory, weights) != NAME_DONE)
        return 3;
    ((unsigned char *)weights)[20] ^= 1;
    if (NAME_predict((TYPE *)memory, y, arena, weights) != NAME_OTHER_WEIGHTS)
        return 4;
    ((unsigned char *)weights)[20] ^= 1;
#else
    if (NAME_self_test(memory) != NAME_DONE)
        return 3;
#endif
    TYPE *samples = (TYPE *)whole(argv[1], &size);
    for (; used + NAME_INPUTS * sizeof *samples <= size; used += NAME_INPUTS * sizeof *samples) {
        const TYPE *x = samples + used / sizeof *samples;
        memset(arena, 255, NAME_ARENA_BYTES); /* what it held before is of no account: let it be no numbers */
#ifdef NAME_WEIGHTS_BYTES
        if (NAME_predict(x, y, arena, weights) != NAME_DONE)
#else
        if (NAME_predict(x, y, arena) != NAME_DONE)
#endif
            return 5;
        for (long i = 0; i < NAME_OUTPUTS; i++)
            printf("%.9g\\n", (double)y[i]);
    }
#ifdef NAME_WEIGHTS_BYTES
    free(weights);
#endif
    free(samples), free(y), free(memory), free(arena);
    return 0;
}
"""


class Model:
    """A model with a train block that takes one step, over arrays of numbers."""

    def __init__(self, path, text, tokens=0):
        self.path, self.text = path, text
        name = re.findall(r"^model (\w+)", text, re.M)[-1]
        write(path, "m.net", text + "\ndata rows = NPY(\"x.npy\", target=\"y.npy\")\n\ntrain %s {\n    seed 1\n"
              "    data rows, batch_size=%d\n    loss MSELoss()\n    optimizer SGD(lr=1e-4)\n    epochs 1\n"
              "    save \"m.pth\"\n}\n" % (name, SAMPLES))
        described = done(netc("check", "--dump=model", "m.net", cwd=path)).out
        shapes = re.search(r"^model %s ([\dx]+) -> ([\dx]+)" % name, described, re.M)
        self.shape, outputs = ([int(extent) for extent in shape.split("x")] for shape in shapes.groups())
        self.tokens, r = tokens, random.Random(3)
        count = SAMPLES * product(self.shape)
        self.x = [r.randrange(tokens) if tokens else struct.unpack("f", struct.pack("f", r.gauss(0, 1)))[0]
                  for _ in range(count)]
        items.npy(os.path.join(path, "x.npy"), [SAMPLES, *self.shape], self.x, *(["i"] if tokens else []))
        items.npy(os.path.join(path, "y.npy"), [SAMPLES, *outputs], [r.gauss(0, 1) for _ in range(SAMPLES *
                                                                                            product(outputs))])
        write(path, "x.raw", struct.pack("<%d%s" % (count, "i" if tokens else "f"), *self.x))
        done(netc("run", "m.net", "--tier", "jit", cwd=path))

    def predicted(self):
        found = json.loads(done(netc("predict", "m.net", "x.npy", "--outputs", "--json", "--tier", "jit",
                                     cwd=self.path)).out)
        return [flat(row["outputs"]) for row in found]

    def library(self, *words):
        done(netc("build", "m.net", "--library", "lib", *words, cwd=self.path))
        write(self.path, "main.c", PROGRAM.replace("NAME", "lib").replace("TYPE", "int" if self.tokens else "float"))

    def outputs(self, compiler, *words, start=()):
        """What a program gives that is compiled so."""
        result = run(compiler, *words, "main.c", "lib.c", "-o", "main", "-lm", cwd=self.path)
        assert result.code == 0 and not result.err, result.err[:3000]
        return rows_of(done(run(*start, "./main", "x.raw", cwd=self.path)).out)


def rows_of(out):
    """The outputs of each sample, which a program has printed one a line."""
    lines = out.split()
    size = len(lines) // SAMPLES
    return [[float(line) for line in lines[at:at + size]] for at in range(0, len(lines), size)]


def product(numbers):
    result = 1
    for number in numbers:
        result *= number
    return result


def flat(outputs):
    return [number for row in outputs for number in flat(row)] if isinstance(outputs, list) else [outputs]


def hold(ours, theirs, bound=1e-5):
    """Outputs are equal but for rounding."""
    assert len(ours) == len(theirs) == SAMPLES, (len(ours), len(theirs))
    for a, b in zip(ours, theirs):
        assert len(a) == len(b), (len(a), len(b))
        size = max(1e-2, *map(abs, b))
        worst = max(abs(x - y) for x, y in zip(a, b))
        assert worst <= bound * size, "the outputs are %g apart, of a size of %g" % (worst, size)


def hold_forms(model, expected, forms=tuple(FORMS), optimize="-O0"):
    """Each form of a model's library gives what is expected. Compilers optimize the layers by themselves, and one model
    of most of them: vectors of larger ones give the same in a third of the time without."""
    made = None
    if "track_running_stats=False" in model.text and "BatchNorm" in model.text:
        result = netc("build", "m.net", "--library", "lib", cwd=model.path)
        assert result.code == 1 and "or say --plain" in result.err, result.err
        forms = FORMS[:1]
    for words, more in forms:
        if words != made:
            model.library(*words)
        made = words
        hold(model.outputs(compilers()[0][1], "-std=c99", optimize if made == [] else "-O1", *STRICT, *more),
             expected)


def compiler_named(name):
    return dict(compilers()).get(name) or shutil.which(name)


def model_text(name):
    """The models of a sample, without its data and its train block."""
    with open(sample(name), encoding="utf-8") as file:
        text = file.read()
    return re.sub(r"weights=\"[^\"]*\"", "", re.split(r"^data ", text, flags=re.M)[0])


def tokens_of(text):
    found = re.search(r"words = (\d+)", text)
    return int(found[1]) if "Embedding" in text and found else 0


def test_libraries_of_samples():
    """But of two whose textbook form takes minutes; their layers are others' too."""
    for name in samples():
        if name in ("transfer", "vgg"):
            continue
        text = model_text(name)
        with folder() as path:
            model = Model(path, text, tokens_of(text))
            hold_forms(model, model.predicted(), FORMS[:2])


def every():
    return int(sys.argv[sys.argv.index("--every") + 1]) if "--every" in sys.argv else 149


def test_libraries_of_layers():
    """Each layer of the vocabulary in its table's configurations, or some of them."""
    wrong = []
    for number, (key, shape, layers, tokens) in enumerate(items.layer_rows()):
        if number % every():
            continue
        body = "".join(line + "\n" for line in items.body(items.parse("; ".join(layers)), "    ", []))
        text = "model Item(%s) {\n%s}\n" % (", ".join(map(str, shape)), body)
        with folder() as path:
            try:
                model = Model(path, text, tokens or 0)
                hold_forms(model, model.predicted(), optimize="-O1")
            except AssertionError as error:
                wrong.append("%s\n%s%s" % (key, text, error))
    assert not wrong, "\n".join(wrong)


def test_models_of_the_library():
    """Models that ship with netc, which are large: one of small pictures, and those whose layers the samples lack."""
    for text in ("import \"lenet5\"\nmodel M(1, 28, 28) = lenet5()\n",
                 "import \"mobilenet_v2\"\nmodel M(3, 32, 32) = mobilenet_v2(num_classes=7)\n",
                 "import \"squeezenet1_1\"\nmodel M(3, 64, 64) = squeezenet1_1(num_classes=5)\n"):
        with folder() as path:
            model = Model(path, text)
            hold_forms(model, model.predicted())


def test_pictures_and_classes():
    """NAME_prepare makes of a picture's bytes what the data's transforms make of it, and classes keep their names."""
    with folder() as path:
        text = read(os.path.dirname(sample("shapes")), "shapes.net").decode()
        text = text.replace("{ ToTensor() }", "{ ToTensor(), Normalize([0.5, 0.4, 0.3], [0.25, 0.3, 0.35]) }")
        write(path, "m.net", text)
        done(netc("run", "m.net", "--max-steps", 2, "--tier", "jit", cwd=path))
        done(netc("build", "m.net", "--library", "lib", "--plain", "--embed", "-o", ".", cwd=path))
        r = random.Random(1)
        pixels = bytes(r.randrange(256) for _ in range(32 * 32 * 3))
        write(path, "picture.ppm", b"P6\n32 32\n255\n" + pixels)
        write(path, "pixels", pixels)
        write(path, "main.c", """
            #include "lib.h"
            #include <stdio.h>
            int main(void)
            {
                static unsigned char pixels[lib_INPUTS];
                static float x[lib_INPUTS], y[lib_OUTPUTS], arena[lib_ARENA_BYTES / sizeof(float)];
                FILE *file = fopen("pixels", "rb");
                if (file == NULL || fread(pixels, 1, sizeof pixels, file) != sizeof pixels)
                    return 1;
                lib_prepare(pixels, x);
                if (lib_predict(x, y, arena) != lib_DONE || lib_predict(x, NULL, arena) != lib_NO_POINTER)
                    return 1;
                for (int i = 0; i < lib_OUTPUTS; i++)
                    printf("%s %.9g\\n", lib_classes[i], y[i]);
                return 0;
            }
            """)
        done(run(compilers()[0][1], "-std=c99", *STRICT, "main.c", "lib.c", "-o", "main", "-lm", cwd=path))
        lines = [line.split() for line in done(run("./main", cwd=path)).out.splitlines()]
        found = json.loads(done(netc("predict", "m.net", "picture.ppm", "--outputs", "--json", "--top", 10,
                                     cwd=path)).out)[0]
        hold([[float(number) for _, number in lines]] * SAMPLES, [flat(found["outputs"])] * SAMPLES)
        assert [name for name, _ in lines] == [entry["class"] for entry in sorted(found["top"],
                                                                                  key=lambda entry: entry["index"])]


def test_the_page():
    """docs/deploy.md's example in C++, as it stands there, with nothing but the library."""
    page = read(ROOT, "docs/deploy.md").decode()
    with folder() as path:
        shutil.copy(sample("shapes"), path)
        done(netc("run", "shapes.net", "--max-steps", 20, "--tier", "jit", cwd=path))
        done(netc("build", "shapes.net", "--library", "shapes", cwd=path))
        r = random.Random(1)
        names = ["a.ppm", "b.ppm"]
        for name in names:
            write(path, name, b"P6\n32 32\n255\n" + bytes(r.randrange(256) for _ in range(3072)))
        write(path, "program.cpp", re.search(r"```cpp\n(.*?)```", page, re.S)[1])
        compiler = compiler_named("g++") or compiler_named("clang++")
        done(run(compiler, "-O1", "-march=native", *STRICT, "program.cpp", "-x", "c++", "shapes.c", "-lm", "-o",
                 "program", cwd=path))
        lines = done(run("./program", *names, cwd=path)).out.splitlines()
        found = json.loads(done(netc("predict", "shapes.net", *names, "--json", cwd=path)).out)
        assert len(lines) == len(found) == 2, lines
        for name, line, row in zip(names, lines, found):
            said, share = re.fullmatch(name + r": (\w+), (\S+) %", line).groups()
            best = row["top"][0]
            assert said == best["class"] and abs(float(share) - 100 * best["probability"]) < 1e-3, (line, best)
        weights = bytearray(read(path, "shapes.weights"))
        for given, file, said in (("program.cpp", weights, "program.cpp: no PPM file"),
                                  ("a.ppm", weights[:-1], "shapes.weights: not that of this library"),
                                  ("a.ppm", bytes(len(weights)), "shapes.weights: parameters of another model")):
            write(path, "shapes.weights", bytes(file))
            result = run("./program", given, cwd=path)
            assert result.code == 1 and said in result.err, result.err


# Of a page: how wide it is, and where there is what a visitor touches.
SEEN = """({ window: innerWidth, wide: document.documentElement.scrollWidth,
    places: [...document.querySelectorAll("canvas, button, label.file, textarea")].filter(e => e.offsetParent)
        .map(e => (box => [e.id || e.className, box.x, box.y, box.width, box.height])(e.getBoundingClientRect())) })"""


def look_on_a_phone(browser):
    """What the page shows fits the width; its controls, by name, are large enough for a finger."""
    seen = browser.ask(SEEN)
    assert seen["window"] == seen["wide"] == 360, seen
    for name, x, y, width, height in seen["places"]:
        assert x >= 0 and x + width <= 360 and y + height <= 740 or not name, seen
        assert width >= 40 and height >= 40, seen
    return {name: box for name, *box in seen["places"]}


def page_of(path, net="m.net"):
    done(netc("build", net, "--web", "page", cwd=path))
    assert os.listdir(os.path.join(path, "page")) == ["index.html"]
    return os.path.join(path, "page", "index.html")


def needs_for_pages():
    for program in ("chromium", "clang", "wasm-ld"):
        if not shutil.which(program):
            raise Skip("no " + program)


def test_page_in_a_browser():
    """The page, opened as a file, gives what `predict` does, on the width of a phone too."""
    needs_for_pages()
    with folder() as path, Browser() as browser:
        for name in ("segment", "books", "densenet"):
            text = model_text(name)
            model = Model(path, text, tokens_of(text))
            page, given, count = page_of(path), [], len(model.x) // SAMPLES
            for i in range(SAMPLES):
                numbers = read(path, "x.raw")[4 * i * count:4 * (i + 1) * count]
                browser.open(page, "#x=" + base64.b64encode(numbers).decode())
                given.append(json.loads(browser.ask("document.body.dataset.outputs")))
                controls = look_on_a_phone(browser)
            hold(given, model.predicted())
            typed = " ".join(map(str, model.x[:count]))
            browser.ask("document.body.dataset.outputs = ''; at('typed').value = '%s'" % typed)
            x, y, width, height = controls["go"]
            browser.touch((x + width / 2, y + height / 2))
            assert json.loads(browser.until("document.body.dataset.outputs")) == given[0], "typed, it is another sample"


def test_page_of_pictures():
    """A picture goes the way of NAME_prepare; a finger draws, and clears; classes of long names fit too."""
    needs_for_pages()
    with folder() as path, Browser() as browser:
        shutil.copy(sample("shapes"), path)
        done(netc("run", "shapes.net", "--max-steps", 2, "--tier", "jit", cwd=path))
        r = random.Random(1)
        pixels = [r.randrange(256) for _ in range(32 * 32 * 3)]
        write(path, "picture.ppm", b"P6\n32 32\n255\n" + bytes(pixels))
        expected = json.loads(done(netc("predict", "shapes.net", "picture.ppm", "--outputs", "--json", cwd=path)).out)
        result = netc("build", "shapes.net", "--web", "page", "--cc", "gcc", cwd=path)
        assert result.code == 1 and "'gcc' failed: a page needs a clang" in result.err, result.err
        browser.open(page_of(path, "shapes.net"))
        browser.ask("""const given = %s, shown = new ImageData(32, 32);
            for (let i = 0; i < 1024; i++) shown.data.set([...given.slice(3 * i, 3 * i + 3), 255], 4 * i);
            picture.getContext("2d").putImageData(shown, 0, 0); attempt(look);""" % pixels)
        outputs = json.loads(browser.ask("document.body.dataset.outputs"))
        hold([outputs] * SAMPLES, [flat(expected[0]["outputs"])] * SAMPLES)
        x, y, width, height = look_on_a_phone(browser)["picture"]
        x_clear, y_clear, width_clear, height_clear = look_on_a_phone(browser)["clear"]
        white = "picture.getContext('2d').getImageData(0, 0, 32, 32).data.filter((v, i) => i % 4 < 3 && v > 200).length"
        browser.touch((x_clear + width_clear / 2, y_clear + height_clear / 2))
        assert browser.until("said.textContent == '' && %s == 0" % white)
        browser.ask("model.classes = model.classes.map(name => 'x'.repeat(60) + name)")
        browser.touch(*((x + width * (0.2 + 0.2 * i), y + height / 2) for i in range(4)))
        assert browser.until("said.textContent.includes('in this browser')") and browser.ask(white) > 100
        assert len(browser.ask("answer.textContent")) > 5 * 60
        look_on_a_phone(browser)


def test_what_is_refused():
    with folder() as path:
        write(path, "m.net", "model M(4) { Linear(4, 2) }\n")
        for words, said in ((["--library", "a b", "--plain"], "expects a name"),
                            (["--library", "m", "--plain", "--static"], "--static is for a trainer"),
                            (["--library", "m", "--march", "native"], "--march is for a trainer or --archive"),
                            (["--library", "m", "--archive", "--march", "any"], "an archive is for one processor"),
                            (["--archive"], "--archive is for --library"),
                            (["--embed"], "--embed is for --library"),
                            (["--load", "x.pth"], "--load is for --library or --web"),
                            (["--web", "page", "--embed"], "--embed is for --library"),
                            (["--library", "m", "--plain"], "which parameters? Say --load FILE"),
                            (["--library", "m", "--plain", "--load", "none.pth"], "none.pth: No such file")):
            result = netc("build", "m.net", *words, cwd=path)
            assert result.code in (1, 2) and said in result.err, (words, result.code, result.err)
            assert os.listdir(path) == ["m.net"], os.listdir(path)


def test_weights_of_other_libraries():
    """A file of parameters that another form of a library has, or another model's of the same size, is refused."""
    layers = "Conv2d(16, 32, 3, padding=1), %sFlatten(), Linear(2048, 3)"
    with folder() as path, folder() as other:
        model = Model(path, "model M(16, 8, 8) { %s }\n" % layers % "")
        forms = {"default": [], "plain": ["--plain"], "exact": ["--set", "train.precision=exact"]}
        files = {"other": (Model(other, "model M(16, 8, 8) { %s }\n" % layers % "ReLU(), "), [])}
        files.update((form, (model, words)) for form, words in forms.items())
        for name, (one, words) in files.items():
            one.library(*words)
            files[name] = read(one.path, "lib.weights")
            if one is model:
                done(run(compilers()[0][1], "-O0", "-shared", "-fPIC", "lib.c", "-o", name + ".so", "-lm", cwd=path))
        assert len(files["exact"]) < len(files["default"]) == len(files["other"]), "nothing is transformed"
        x = (ctypes.c_float * 1024)()
        for form in forms:
            predict = ctypes.CDLL(os.path.join(path, form + ".so")).lib_predict
            for name, file in files.items():
                # The longest of them lies there in any case: what is read of another one would be in memory.
                weights = ctypes.create_string_buffer(file, max(map(len, files.values())))
                code = predict(x, (ctypes.c_float * 3)(), ctypes.create_string_buffer(1 << 20), weights)
                assert code == (0 if name == form else 2), (form, name, code)  # lib_OTHER_WEIGHTS


def test_compilers_and_languages():
    """One model that has most kinds of layers, by all compilers that are there, as C99 and as C++."""
    with folder() as path:
        model = Model(path, model_text("segment"))
        expected = model.predicted()
        for form, more in FORMS[:2]:
            model.library(*form)
            for name, words in (("gcc", ["-std=c99", "-O3"]), ("clang", ["-std=c99"]), ("g++", ["-x", "c++"]),
                                ("clang++", ["-x", "c++", "-std=c++11"])):
                if compiler_named(name):
                    hold(model.outputs(compiler_named(name), *words, *STRICT, *more), expected)
            if form and shutil.which("tcc"):
                hold(model.outputs("tcc"), expected)
        model.library("--embed")
        hold(model.outputs(compilers()[0][1], "-std=c99", *STRICT), expected)


def test_other_processors():
    """Vectors of AArch64 by a cross compiler and qemu, where they are there."""
    if not shutil.which("aarch64-linux-gnu-gcc") or not shutil.which("qemu-aarch64"):
        raise Skip("no aarch64-linux-gnu-gcc, or no qemu-aarch64")
    with folder() as path:
        model = Model(path, model_text("segment"))
        model.library()
        hold(model.outputs("aarch64-linux-gnu-gcc", "-std=c99", "-O1", "-static", *STRICT,
                           start=["qemu-aarch64"]), model.predicted())


def test_an_archive():
    """NAME.h and libNAME.a in place of the text, with the parameters beside or inside."""
    with folder() as path:
        model = Model(path, model_text("books"), tokens_of(model_text("books")))
        expected = model.predicted()
        for words in (["--march", "native"], ["--plain", "--embed"]):
            model.library("--archive", *words, "-o", "made")
            names = ["lib.h", *([] if "--embed" in words else ["lib.weights"]), "liblib.a"]
            assert sorted(os.listdir(os.path.join(path, "made"))) == names, os.listdir(os.path.join(path, "made"))
            if "--embed" not in words:
                shutil.copy(os.path.join(path, "made", "lib.weights"), path)
            result = run(compilers()[0][1], "-Imade", "main.c", "-Lmade", "-llib", "-o", "main", "-lm", cwd=path)
            assert result.code == 0 and not result.err, result.err[:3000]
            hold(rows_of(done(run("./main", "x.raw", cwd=path)).out), expected)
            shutil.rmtree(os.path.join(path, "made"))


def test_memory_is_as_planned():
    """The address sanitizer sees an arena of exactly the bytes that are asked for."""
    words = ["-std=c99", "-g", "-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
    for name in ("segment", "books"):
        text = model_text(name)
        with folder() as path:
            model = Model(path, text, tokens_of(text))
            expected = model.predicted()
            for form, more in FORMS:
                model.library(*form)
                hold(model.outputs(compilers()[0][1], *words, *more), expected)


if __name__ == "__main__":
    main(globals())
