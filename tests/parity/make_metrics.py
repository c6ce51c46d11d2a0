"""Makes tests/unit/metric_fixture.h: what torchmetrics makes of outputs and targets, a row a configuration.

    python make_metrics.py > ../unit/metric_fixture.h

It needs torch and torchmetrics. Outputs and targets are drawn from seeds that the test draws them from too: [ROWS]
[COLUMNS] numbers between -8 and 8. Of classes, number 4 is never a label and never the largest output, number 5 never a
label."""
import torch
import torchmetrics

ROWS, COLUMNS = 40, 6


def drawn(seed):
    values = torch.empty(ROWS * COLUMNS).uniform_(-8, 8, generator=torch.Generator().manual_seed(seed))
    return values.view(ROWS, COLUMNS)


def data(task, outputs):
    """Outputs and targets, as metric_data of test_metrics.c."""
    x, t = drawn(2), drawn(3)
    if task == "CLASSES":
        x[:, 4] = -9
        return x, ((t[:, 0] + 8) / 4).long()  # 0 to 3
    x, t = [values[:, :outputs].squeeze(1).contiguous() for values in (x, t)]
    if task == "NUMBERS":
        return x, t
    return (torch.sigmoid(x) if task == "LOGITS" else (x + 8) / 16), (t > 0).long()


def multiclass(name, **words):
    return getattr(torchmetrics, name)(task="multiclass", num_classes=COLUMNS, **words)


# The task, how many outputs, the runtime's call, and torchmetrics' own; the ignored class of some is that of the loss.
CONFIGURATIONS = [
    *[("CLASSES", COLUMNS, 'nc_accuracy(run, "micro", %d, 0.5, 0)' % k,
       multiclass("Accuracy", average="micro", top_k=k)) for k in (2, 3, 6)],
    ("CLASSES", COLUMNS, 'nc_accuracy(run, "macro", 1, 0.5, 0)', multiclass("Accuracy", average="macro")),
    ("CLASSES", COLUMNS, 'nc_accuracy(run, "none", 1, 0.5, 0)', multiclass("Accuracy", average="none")),
    ("CLASSES", COLUMNS, "nc_confusion_matrix(run, 0.5, 0)", multiclass("ConfusionMatrix")),
]
for ignored in (1, 3):
    CONFIGURATIONS += [
        ("CLASSES", COLUMNS, 'nc_accuracy(run, "micro", 2, 0.5, 0)',
         multiclass("Accuracy", average="micro", top_k=2, ignore_index=ignored)),
        ("CLASSES", COLUMNS, 'nc_accuracy(run, "macro", 1, 0.5, 0)',
         multiclass("Accuracy", average="macro", ignore_index=ignored)),
        ("CLASSES", COLUMNS, 'nc_accuracy(run, "none", 1, 0.5, 0)',
         multiclass("Accuracy", average="none", ignore_index=ignored)),
        ("CLASSES", COLUMNS, "nc_confusion_matrix(run, 0.5, 0)", multiclass("ConfusionMatrix", ignore_index=ignored)),
    ]
for task in ("LOGITS", "SHARES"):
    for threshold in (0.5, 0.3):
        words = "%g, %d" % (threshold, task == "LOGITS")
        CONFIGURATIONS += [
            (task, 1, 'nc_accuracy(run, "micro", 1, %s)' % words,
             torchmetrics.Accuracy(task="binary", threshold=threshold)),
            (task, 1, "nc_confusion_matrix(run, %s)" % words,
             torchmetrics.ConfusionMatrix(task="binary", threshold=threshold)),
            (task, COLUMNS, 'nc_accuracy(run, "micro", 1, %s)' % words,
             torchmetrics.Accuracy(task="multilabel", num_labels=COLUMNS, average="micro", threshold=threshold)),
        ]
for outputs in (1, 3):
    CONFIGURATIONS += [
        ("NUMBERS", outputs, "nc_mean_absolute_error(run)", torchmetrics.MeanAbsoluteError()),
        ("NUMBERS", outputs, "nc_mean_squared_error(run, 1)", torchmetrics.MeanSquaredError()),
        ("NUMBERS", outputs, "nc_mean_squared_error(run, 0)", torchmetrics.MeanSquaredError(squared=False)),
    ]

print("/* Made by tests/parity/make_metrics.py with torchmetrics %s. */" % torchmetrics.__version__)
print("#ifndef NETC_TESTS_METRIC_FIXTURE_H\n#define NETC_TESTS_METRIC_FIXTURE_H\n")
print("enum { ROWS = %d, COLUMNS = %d };\n" % (ROWS, COLUMNS))
print("enum task { CLASSES, LOGITS, SHARES, NUMBERS };\n")
for number, (_, _, call, _) in enumerate(CONFIGURATIONS):
    print("static void add_%d(struct nc_run *run)\n{\n    %s;\n}" % (number, call))
print("\nstatic const struct expectation {\n    const char *call;\n    void (*add)(struct nc_run *run);\n"
      "    enum task task;\n    int outputs;\n    int ignored; /* class; -100: none */\n"
      "    int count; /* 1: a number; else the numbers of a table */\n"
      "    double value[COLUMNS * COLUMNS];\n} expectations[] = {")
for number, (task, outputs, call, metric) in enumerate(CONFIGURATIONS):
    values = metric(*data(task, outputs)).double().flatten().tolist()
    ignored = getattr(metric, "ignore_index", None)
    print('    {"%s", add_%d, %s, %d, %d, %d,' % (call.replace('"', '\\"'), number, task, outputs,
                                                 -100 if ignored is None else ignored, len(values)))
    texts = ["%.9g" % value for value in values]
    print("     {%s}}," % ",\n      ".join(", ".join(texts[i:i + 9]) for i in range(0, len(texts), 9)))
print("};\n\n#endif")
