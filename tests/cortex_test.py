#!/usr/bin/env python3
"""Plain libraries on microcontrollers: compiled for Cortex-M4F and Cortex-M7, and run by qemu-system-arm, they give the
bits that they give here.

    cortex_test.py [--table]

--table prints what each model takes: flash, memory and instructions, by qemu's count (-icount shift=0), with the sums
in double and in float, and in integers of 8 bits."""
import shutil
import sys

from support import Skip, compilers, done, folder, main, netc, run, write

LENET = """model M(1, 28, 28) {
    Conv2d(1, 6, 5, padding=2), ReLU(), MaxPool2d(2), Conv2d(6, 16, 5), ReLU(), MaxPool2d(2)
    Flatten(), Linear(16*5*5, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, 10)
}
"""
QUICK = """model M(3, 32, 32) {
    Conv2d(3, 32, 5, 1, 2), MaxPool2d(2), Conv2d(32, 32, 5, 1, 2), MaxPool2d(2), Conv2d(32, 64, 5, 1, 2), MaxPool2d(2)
    Flatten(), Linear(64*4*4, 64), Linear(64, 10)
}
"""
RESNET8 = """block Stage(channels, stride=1) {
    Residual {
        body: {
            Conv2d(_, channels, 3, stride=stride, padding=1), BatchNorm2d(_), ReLU()
            Conv2d(_, channels, 3, padding=1), BatchNorm2d(_)
        }
        shortcut: {
            Conv2d(_, channels, 1, stride=stride), BatchNorm2d(_)
        }
    }
    ReLU()
}
model M(3, 32, 32) {
    Conv2d(3, 16, 3, padding=1), BatchNorm2d(_), ReLU()
    Stage(16), Stage(32, 2), Stage(64, 2)
    AdaptiveAvgPool2d(1), Flatten(), Linear(64, 10)
}
"""
MOBILE = """block Separable(ins, outs, stride=1) {
    Conv2d(ins, ins, 3, stride=stride, padding=1, groups=ins), BatchNorm2d(_), ReLU()
    Conv2d(ins, outs, 1), BatchNorm2d(_), ReLU()
}
model M(3, 32, 32) {
    Conv2d(3, 10, 3, padding=1), BatchNorm2d(_), ReLU()
    Separable(10, 16), Separable(16, 32, 2), Separable(32, 32), Separable(32, 64, 2), Separable(64, 64)
    AdaptiveAvgPool2d(1), Flatten(), Linear(64, 10)
}
"""
MODELS = [("LeNet", LENET), ("the quick model", QUICK), ("ResNet-8", RESNET8), ("a small MobileNet", MOBILE)]

# The bits of the outputs, by whatever prints a text.
PROGRAM = """
#include "lib.h"
static float x[lib_INPUTS], y[lib_OUTPUTS], arena[lib_ARENA_BYTES / sizeof(float)];

static int bits_of_outputs(char *text)
{
    lib_sample(x);
    int result = lib_predict(x, y, arena);
    for (int i = 0; i < lib_OUTPUTS; i++) {
        union { float number; unsigned bits; } y_i = {y[i]};
        for (int digit = 28; digit >= 0; digit -= 4)
            *text++ = "0123456789abcdef"[y_i.bits >> digit & 15];
        *text++ = '\\n';
    }
    *text = 0;
    return result;
}
"""
HOST = "#include <stdio.h>\n" + PROGRAM + """
int main(void)
{
    static char text[9 * lib_OUTPUTS + 1];
    int result = bits_of_outputs(text);
    fputs(text, stdout);
    return result;
}
"""
# The board mps2: its memory, its start, Arm's semihosting, and a timer that counts at 25 MHz.
BOARD = PROGRAM + """
extern unsigned stack_end, data_begin, data_end, data_kept, bss_begin, bss_end;
void start(void);
__attribute__((section(".vectors"), used)) static void *const vectors[16] = {&stack_end, (void *)start};

static int ask(int what, const void *with)
{
    register int r0 __asm__("r0") = what;
    register const void *r1 __asm__("r1") = with;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void put_number(unsigned long long number)
{
    char text[24], *at = text + sizeof text;
    *--at = 0;
    *--at = '\\n';
    do *--at = (char)('0' + number % 10); while (number /= 10);
    ask(4, at);
}

void start(void)
{
    static char text[9 * lib_OUTPUTS + 1];
    unsigned *from = &data_kept;
    volatile unsigned *timer = (unsigned *)0x40000000;
    for (unsigned *to = &data_begin; to < &data_end;)
        *to++ = *from++;
    for (unsigned *to = &bss_begin; to < &bss_end;)
        *to++ = 0;
    *(volatile unsigned *)0xe000ed88 |= 15 << 20; /* the processor's floating point */
    timer[1] = timer[2] = 0xffffffff;
    timer[0] = 1;
    int result = bits_of_outputs(text);
    unsigned ticks = 0xffffffff - timer[1];
    ask(4, text);
    put_number(ticks * 40ull); /* a tick is 40 ns, and an instruction 1 ns */
    ask(0x18, (void *)(result ? 0x20023 : 0x20026));
    for (;;)
        ;
}
"""
SCRIPT = """
MEMORY { flash : ORIGIN = 0, LENGTH = 4M  ram : ORIGIN = 0x20000000, LENGTH = 4M }
ENTRY(start)
SECTIONS {
    .text : { *(.vectors) *(.text*) *(.rodata*) } > flash
    .ARM.exidx : { *(.ARM.exidx*) } > flash
    data_kept = LOADADDR(.data);
    .data : { data_begin = .; *(.data*) . = ALIGN(4); data_end = .; } > ram AT > flash
    .bss : { bss_begin = .; *(.bss*) *(COMMON) . = ALIGN(4); bss_end = .; } > ram
    stack_end = ORIGIN(ram) + LENGTH(ram);
}
"""
CPUS = [("Cortex-M4F", "mps2-an386", ["-mcpu=cortex-m4", "-mfpu=fpv4-sp-d16"]),
        ("Cortex-M7", "mps2-an500", ["-mcpu=cortex-m7", "-mfpu=fpv5-d16"])]
# A form's name, its words for netc and for the compiler.
FORMS = [("double", ["--embed"], ["-DWIDE=double"]), ("float", ["--embed"], ["-DWIDE=float"]),
         ("int8", ["--int8", "train"], [])]
FLAGS = ["-std=gnu99", "-O2" if "--table" in sys.argv else "-O1", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"]


def need():
    for program in ("arm-none-eabi-gcc", "qemu-system-arm"):
        if not shutil.which(program):
            raise Skip("no " + program)


def build(path, text):
    """What a library of the model is made of."""
    size, gray = (28, "Grayscale(), ") if "M(1," in text else (32, "")
    write(path, "m.net", text + "data d = Shapes(train=True, size=%d) { %sToTensor() }\n"
          "data some = Subset(d, range(40))\ntrain M {\n    seed 1\n"
          "    data some, batch_size=4\n    loss CrossEntropyLoss()\n    optimizer SGD(lr=0.01)\n    epochs 1\n"
          "    save \"m.pth\"\n}\n" % (size, gray))
    done(netc("run", "m.net", "--max-steps", 2, "--tier", "jit", cwd=path))
    write(path, "host.c", HOST)
    write(path, "board.c", BOARD)
    write(path, "board.ld", SCRIPT)


def forms(path):
    """Makes the library in each form, and gives its name and the words for the compiler."""
    for name, words, flags in FORMS:
        done(netc("build", "m.net", "--library", "lib", "--plain", *words, cwd=path))
        yield name, flags


def on_host(path, *words):
    done(run(compilers()[0][1], *FLAGS, *words, "host.c", "lib.c", "-o", "host", "-lm", cwd=path))
    return done(run("./host", cwd=path)).out.split()


def on_board(path, machine, cpu, *words):
    """The bits, the instructions, and the bytes of flash and of memory."""
    done(run("arm-none-eabi-gcc", *FLAGS, *cpu, "-mthumb", "-mfloat-abi=hard", *words, "-nostartfiles", "-T",
             "board.ld", "board.c", "lib.c", "-o", "board.elf", "-lm", cwd=path))
    sizes = done(run("arm-none-eabi-size", "board.elf", cwd=path)).out.splitlines()[1].split()
    lines = done(run("qemu-system-arm", "-M", machine, "-nographic", "-monitor", "none", "-serial", "none",
                     "-icount", "shift=0", "-semihosting-config", "enable=on,target=native", "-kernel", "board.elf",
                     cwd=path, timeout=600)).err.split()
    return lines[:-1], int(lines[-1]), int(sizes[0]) + int(sizes[1]), int(sizes[1]) + int(sizes[2])


def test_bits_on_microcontrollers():
    need()
    for _, text in MODELS[:1] + MODELS[2:]:
        with folder() as path:
            build(path, text)
            for form, flags in forms(path):
                expected = on_host(path, *flags)
                assert len(expected) == 10 and len(set(expected)) > 1, expected
                for _, machine, cpu in CPUS:
                    found = on_board(path, machine, cpu, *flags)[0]
                    assert found == expected, (machine, form, found, expected)


def table():
    need()
    print("| model | processor | numbers | flash | memory | instructions |\n|---|---|---|---|---|---|")
    for name, text in MODELS:
        with folder() as path:
            build(path, text)
            for form, flags in forms(path):
                for cpu, machine, words in CPUS:
                    _, instructions, flash, memory = on_board(path, machine, words, *flags)
                    print("| %s | %s | %s | %s B | %s B | %.1f million |" % (
                        name, cpu, form, format(flash, ","), format(memory, ","), instructions / 1e6), flush=True)


if __name__ == "__main__":
    table() if "--table" in sys.argv else main(globals())
