"""Makes tests/unit/schedule_fixture.h: the learning rates and momenta of forty steps of each scheduler of torch.

    python make_schedulers.py > ../unit/schedule_fixture.h

Two groups, of lr=0.1 and lr=0.03; the doubles are given as PyTorch has them, bit by bit."""
import inspect

import torch
from torch.optim import lr_scheduler

STEPS = 40

# What the runtime's functions do not have, or have otherwise.
LEFT_OUT = ("self", "optimizer", "last_epoch", "scale_fn", "scale_mode")
NAMES = {"OneCycleLR": "one_cycle_lr", "CyclicLR": "cyclic_lr", "StepLR": "step_lr", "MultiStepLR": "multi_step_lr",
         "ExponentialLR": "exponential_lr", "ConstantLR": "constant_lr", "LinearLR": "linear_lr",
         "PolynomialLR": "polynomial_lr", "CosineAnnealingLR": "cosine_annealing_lr",
         "CosineAnnealingWarmRestarts": "cosine_annealing_warm_restarts", "ReduceLROnPlateau": "reduce_lr_on_plateau"}

# (optimizer, scheduler): a scheduler is (name, arguments), or a list of them, chained, or (list, milestones).
CASES = [
    ("SGD", ("StepLR", dict(step_size=3))), ("SGD", ("StepLR", dict(step_size=7, gamma=0.37))),
    ("SGD", ("MultiStepLR", dict(milestones=[3, 10, 10, 11], gamma=0.3))),
    ("SGD", ("MultiStepLR", dict(milestones=[0, 50], gamma=0.7))),
    ("SGD", ("ExponentialLR", dict(gamma=0.93))), ("SGD", ("ConstantLR", {})),
    ("SGD", ("ConstantLR", dict(factor=0.7, total_iters=11))), ("SGD", ("LinearLR", {})),
    ("SGD", ("LinearLR", dict(start_factor=0.013, end_factor=0.7, total_iters=17))),
    ("SGD", ("LinearLR", dict(start_factor=1.0, end_factor=0.0, total_iters=7))),
    ("SGD", ("PolynomialLR", {})), ("SGD", ("PolynomialLR", dict(total_iters=23, power=2.5))),
    ("SGD", ("CosineAnnealingLR", dict(T_max=7))), ("SGD", ("CosineAnnealingLR", dict(T_max=50, eta_min=0.003))),
    ("SGD", ("CosineAnnealingLR", dict(T_max=1))),
    ("SGD", ("CosineAnnealingWarmRestarts", dict(T_0=5))),
    ("SGD", ("CosineAnnealingWarmRestarts", dict(T_0=3, T_mult=2, eta_min=0.001))),
    ("SGD", ("OneCycleLR", dict(max_lr=0.4, total_steps=40))),
    ("SGD", ("OneCycleLR", dict(max_lr=0.4, epochs=5, steps_per_epoch=9, three_phase=True))),
    ("Adam", ("OneCycleLR", dict(max_lr=0.4, total_steps=41, pct_start=0.2, anneal_strategy="linear",
                                 base_momentum=0.7, max_momentum=0.99, div_factor=10.0, final_div_factor=100.0))),
    ("Adam", ("OneCycleLR", dict(max_lr=0.4, total_steps=45, cycle_momentum=False))),
    ("SGD", ("CyclicLR", dict(base_lr=0.01, max_lr=0.2, step_size_up=4))),
    ("SGD", ("CyclicLR", dict(base_lr=0.01, max_lr=0.2, step_size_up=3, step_size_down=5, mode="triangular2"))),
    ("Adam", ("CyclicLR", dict(base_lr=0.01, max_lr=0.2, step_size_up=6, mode="exp_range", gamma=0.97,
                               base_momentum=0.6, max_momentum=0.95))),
    ("Adam", ("CyclicLR", dict(base_lr=0.01, max_lr=0.2, step_size_up=6, cycle_momentum=False))),
    ("SGD", ("ReduceLROnPlateau", dict(patience=2))),
    ("SGD", ("ReduceLROnPlateau", dict(mode="max", factor=0.5, patience=0, threshold=0.1, cooldown=2, min_lr=0.01))),
    ("SGD", ("ReduceLROnPlateau", dict(threshold_mode="abs", factor=0.3, patience=1, threshold=0.01, eps=1e-3))),
    ("SGD", [("ConstantLR", dict(factor=0.1, total_iters=4)), ("ExponentialLR", dict(gamma=0.9))]),
    ("SGD", [("StepLR", dict(step_size=3, gamma=0.5)), ("CosineAnnealingLR", dict(T_max=9)), ("LinearLR", {})]),
    ("SGD", [("LinearLR", dict(start_factor=0.2)), ("CyclicLR", dict(base_lr=0.01, max_lr=0.2, step_size_up=4))]),
    ("SGD", ([("LinearLR", dict(start_factor=0.1, total_iters=5)), ("CosineAnnealingLR", dict(T_max=20))], [5])),
    ("SGD", ([("ConstantLR", dict(factor=0.1, total_iters=3)), ("ExponentialLR", dict(gamma=0.9)),
              ("StepLR", dict(step_size=4, gamma=0.5)), ("PolynomialLR", dict(total_iters=9, power=2.0))],
             [4, 11, 25])),
    ("SGD", ([("LinearLR", dict(start_factor=0.1, total_iters=4)),
              ("CosineAnnealingWarmRestarts", dict(T_0=4, T_mult=2)),
              ("CyclicLR", dict(base_lr=0.01, max_lr=0.2, step_size_up=4)),
              ("MultiStepLR", dict(milestones=[0, 3, 5], gamma=0.3)), ("LinearLR", {}), ("ConstantLR", {})],
             [4, 9, 17, 25, 31])),
    ("SGD", ([("OneCycleLR", dict(max_lr=0.4, total_steps=12)), ("CosineAnnealingWarmRestarts", dict(T_0=5))], [12])),
]


def arguments(name, given):
    """All arguments of a scheduler in their order, defaults filled in."""
    signature = inspect.signature(getattr(lr_scheduler, name).__init__)
    return {key: given.get(key, parameter.default) for key, parameter in signature.parameters.items()
            if key not in LEFT_OUT}


def c_value(value):
    if isinstance(value, str):
        return '"%s"' % value
    return "0" if value is None else repr(int(value) if isinstance(value, bool) else value)


def c_call(name, given):
    words, length = ["run"], None
    for value in arguments(name, given).values():
        if isinstance(value, list):
            words.append("LIST(%s)" % ", ".join(repr(float(one)) for one in value))
            length = len(value)
        else:
            words.append(c_value(value))
    words += [str(length)] if length is not None else []
    lines = [", ".join(words[:5]), ", ".join(words[5:])]
    return "nc_%s(%s)" % (NAMES[name], ",\n        ".join(line for line in lines if line))


def c_scheduler(scheduler):
    if isinstance(scheduler, list):
        return "nc_chained_scheduler(run, %d, CHILDREN(%s))" % (
            len(scheduler), ",\n        ".join(c_call(*child) for child in scheduler))
    if isinstance(scheduler[0], list):
        return "nc_sequential_lr(run, %d, CHILDREN(%s), LIST(%s))" % (
            len(scheduler[0]), ",\n        ".join(c_call(*child) for child in scheduler[0]),
            ", ".join(map(str, scheduler[1])))
    return c_call(*scheduler)


def make(optimizer, scheduler):
    def one(name, given):
        return getattr(lr_scheduler, name)(optimizer, **given)
    if isinstance(scheduler, list):
        return lr_scheduler.ChainedScheduler([one(*child) for child in scheduler])
    if isinstance(scheduler[0], list):
        return lr_scheduler.SequentialLR(optimizer, [one(*child) for child in scheduler[0]], scheduler[1])
    return one(*scheduler)


def metric(step):
    return 1 + ((step * 7919) % 13) / 13 - step / 60


def rates(optimizer_name, scheduler):
    groups = [dict(params=[torch.zeros(1, requires_grad=True)], lr=lr) for lr in (0.1, 0.03)]
    optimizer = getattr(torch.optim, optimizer_name)(groups, **({"momentum": 0.9} if optimizer_name == "SGD" else {}))
    s, numbers = make(optimizer, scheduler), []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            numbers += [group["lr"], group["momentum"] if "momentum" in group else group["betas"][0]]
        optimizer.step()
        s.step(metric(step)) if isinstance(s, lr_scheduler.ReduceLROnPlateau) else s.step()
    return numbers


def main():
    print(f"/* Made by tests/parity/make_schedulers.py with PyTorch {torch.__version__.split('+')[0]}. */")
    print("#ifndef NETC_TESTS_SCHEDULE_FIXTURE_H\n#define NETC_TESTS_SCHEDULE_FIXTURE_H\n")
    print("#define LIST(...) keep((const double[]){__VA_ARGS__}, sizeof((const double[]){__VA_ARGS__}))")
    print("#define CHILDREN(...) (struct nc_scheduler *const[]){__VA_ARGS__}\n")
    for number, (_, scheduler) in enumerate(CASES):
        print(f"static struct nc_scheduler *make_{number}(struct nc_run *run)\n{{")
        print(f"    return {c_scheduler(scheduler)};\n}}\n")
    print(f"enum {{ STEPS = {STEPS} }};\n")
    print("/* Of each step: lr and momentum of the first group, then of the second. */")
    print("static const struct {\n    const char *optimizer;\n    struct nc_scheduler *(*make)(struct nc_run *run);")
    print("    double rates[STEPS][4];\n} schedules[] = {")
    for number, (optimizer, scheduler) in enumerate(CASES):
        numbers = [float(number).hex() for number in rates(optimizer, scheduler)]
        print(f"    {{\"{optimizer}\", make_{number}, {{")
        for i in range(0, len(numbers), 4):
            print("        {%s}," % ", ".join(numbers[i:i + 4]))
        print("    }},")
    print("};\n\n#endif")


main()
