/* Made by tests/parity/make_metrics.py with torchmetrics 1.9.0. */
#ifndef NETC_TESTS_METRIC_FIXTURE_H
#define NETC_TESTS_METRIC_FIXTURE_H

enum { ROWS = 40, COLUMNS = 6 };

enum task { CLASSES, LOGITS, SHARES, NUMBERS };

static void add_0(struct nc_run *run)
{
    nc_accuracy(run, "micro", 2, 0.5, 0);
}
static void add_1(struct nc_run *run)
{
    nc_accuracy(run, "micro", 3, 0.5, 0);
}
static void add_2(struct nc_run *run)
{
    nc_accuracy(run, "micro", 6, 0.5, 0);
}
static void add_3(struct nc_run *run)
{
    nc_accuracy(run, "macro", 1, 0.5, 0);
}
static void add_4(struct nc_run *run)
{
    nc_accuracy(run, "none", 1, 0.5, 0);
}
static void add_5(struct nc_run *run)
{
    nc_confusion_matrix(run, 0.5, 0);
}
static void add_6(struct nc_run *run)
{
    nc_accuracy(run, "micro", 2, 0.5, 0);
}
static void add_7(struct nc_run *run)
{
    nc_accuracy(run, "macro", 1, 0.5, 0);
}
static void add_8(struct nc_run *run)
{
    nc_accuracy(run, "none", 1, 0.5, 0);
}
static void add_9(struct nc_run *run)
{
    nc_confusion_matrix(run, 0.5, 0);
}
static void add_10(struct nc_run *run)
{
    nc_accuracy(run, "micro", 2, 0.5, 0);
}
static void add_11(struct nc_run *run)
{
    nc_accuracy(run, "macro", 1, 0.5, 0);
}
static void add_12(struct nc_run *run)
{
    nc_accuracy(run, "none", 1, 0.5, 0);
}
static void add_13(struct nc_run *run)
{
    nc_confusion_matrix(run, 0.5, 0);
}
static void add_14(struct nc_run *run)
{
    nc_accuracy(run, "micro", 1, 0.5, 1);
}
static void add_15(struct nc_run *run)
{
    nc_confusion_matrix(run, 0.5, 1);
}
static void add_16(struct nc_run *run)
{
    nc_accuracy(run, "micro", 1, 0.5, 1);
}
static void add_17(struct nc_run *run)
{
    nc_accuracy(run, "micro", 1, 0.3, 1);
}
static void add_18(struct nc_run *run)
{
    nc_confusion_matrix(run, 0.3, 1);
}
static void add_19(struct nc_run *run)
{
    nc_accuracy(run, "micro", 1, 0.3, 1);
}
static void add_20(struct nc_run *run)
{
    nc_accuracy(run, "micro", 1, 0.5, 0);
}
static void add_21(struct nc_run *run)
{
    nc_confusion_matrix(run, 0.5, 0);
}
static void add_22(struct nc_run *run)
{
    nc_accuracy(run, "micro", 1, 0.5, 0);
}
static void add_23(struct nc_run *run)
{
    nc_accuracy(run, "micro", 1, 0.3, 0);
}
static void add_24(struct nc_run *run)
{
    nc_confusion_matrix(run, 0.3, 0);
}
static void add_25(struct nc_run *run)
{
    nc_accuracy(run, "micro", 1, 0.3, 0);
}
static void add_26(struct nc_run *run)
{
    nc_mean_absolute_error(run);
}
static void add_27(struct nc_run *run)
{
    nc_mean_squared_error(run, 1);
}
static void add_28(struct nc_run *run)
{
    nc_mean_squared_error(run, 0);
}
static void add_29(struct nc_run *run)
{
    nc_mean_absolute_error(run);
}
static void add_30(struct nc_run *run)
{
    nc_mean_squared_error(run, 1);
}
static void add_31(struct nc_run *run)
{
    nc_mean_squared_error(run, 0);
}

static const struct expectation {
    const char *call;
    void (*add)(struct nc_run *run);
    enum task task;
    int outputs;
    int ignored; /* class; -100: none */
    int count; /* 1: a number; else the numbers of a table */
    double value[COLUMNS * COLUMNS];
} expectations[] = {
    {"nc_accuracy(run, \"micro\", 2, 0.5, 0)", add_0, CLASSES, 6, -100, 1,
     {0.425000012}},
    {"nc_accuracy(run, \"micro\", 3, 0.5, 0)", add_1, CLASSES, 6, -100, 1,
     {0.600000024}},
    {"nc_accuracy(run, \"micro\", 6, 0.5, 0)", add_2, CLASSES, 6, -100, 1,
     {1}},
    {"nc_accuracy(run, \"macro\", 1, 0.5, 0)", add_3, CLASSES, 6, -100, 1,
     {0.206060618}},
    {"nc_accuracy(run, \"none\", 1, 0.5, 0)", add_4, CLASSES, 6, -100, 6,
     {0.333333343, 0.333333343, 0.181818187, 0.181818187, 0, 0}},
    {"nc_confusion_matrix(run, 0.5, 0)", add_5, CLASSES, 6, -100, 36,
     {3, 2, 1, 1, 0, 2, 1, 3, 1,
      4, 0, 0, 1, 2, 2, 3, 0, 3,
      2, 2, 4, 2, 0, 1, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {"nc_accuracy(run, \"micro\", 2, 0.5, 0)", add_6, CLASSES, 6, 1, 1,
     {0.45161289}},
    {"nc_accuracy(run, \"macro\", 1, 0.5, 0)", add_7, CLASSES, 6, 1, 1,
     {0.139393955}},
    {"nc_accuracy(run, \"none\", 1, 0.5, 0)", add_8, CLASSES, 6, 1, 6,
     {0.333333343, 0, 0.181818187, 0.181818187, 0, 0}},
    {"nc_confusion_matrix(run, 0.5, 0)", add_9, CLASSES, 6, 1, 36,
     {3, 2, 1, 1, 0, 2, 0, 0, 0,
      0, 0, 0, 1, 2, 2, 3, 0, 3,
      2, 2, 4, 2, 0, 1, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {"nc_accuracy(run, \"micro\", 2, 0.5, 0)", add_10, CLASSES, 6, 3, 1,
     {0.37931034}},
    {"nc_accuracy(run, \"macro\", 1, 0.5, 0)", add_11, CLASSES, 6, 3, 1,
     {0.169696987}},
    {"nc_accuracy(run, \"none\", 1, 0.5, 0)", add_12, CLASSES, 6, 3, 6,
     {0.333333343, 0.333333343, 0.181818187, 0, 0, 0}},
    {"nc_confusion_matrix(run, 0.5, 0)", add_13, CLASSES, 6, 3, 36,
     {3, 2, 1, 1, 0, 2, 1, 3, 1,
      4, 0, 0, 1, 2, 2, 3, 0, 3,
      0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0}},
    {"nc_accuracy(run, \"micro\", 1, 0.5, 1)", add_14, LOGITS, 1, -100, 1,
     {0.449999988}},
    {"nc_confusion_matrix(run, 0.5, 1)", add_15, LOGITS, 1, -100, 4,
     {10, 8, 14, 8}},
    {"nc_accuracy(run, \"micro\", 1, 0.5, 1)", add_16, LOGITS, 6, -100, 1,
     {0.479166657}},
    {"nc_accuracy(run, \"micro\", 1, 0.3, 1)", add_17, LOGITS, 1, -100, 1,
     {0.375}},
    {"nc_confusion_matrix(run, 0.3, 1)", add_18, LOGITS, 1, -100, 4,
     {7, 11, 14, 8}},
    {"nc_accuracy(run, \"micro\", 1, 0.3, 1)", add_19, LOGITS, 6, -100, 1,
     {0.470833331}},
    {"nc_accuracy(run, \"micro\", 1, 0.5, 0)", add_20, SHARES, 1, -100, 1,
     {0.449999988}},
    {"nc_confusion_matrix(run, 0.5, 0)", add_21, SHARES, 1, -100, 4,
     {10, 8, 14, 8}},
    {"nc_accuracy(run, \"micro\", 1, 0.5, 0)", add_22, SHARES, 6, -100, 1,
     {0.479166657}},
    {"nc_accuracy(run, \"micro\", 1, 0.3, 0)", add_23, SHARES, 1, -100, 1,
     {0.524999976}},
    {"nc_confusion_matrix(run, 0.3, 0)", add_24, SHARES, 1, -100, 4,
     {6, 12, 7, 15}},
    {"nc_accuracy(run, \"micro\", 1, 0.3, 0)", add_25, SHARES, 6, -100, 1,
     {0.504166663}},
    {"nc_mean_absolute_error(run)", add_26, NUMBERS, 1, -100, 1,
     {5.41897821}},
    {"nc_mean_squared_error(run, 1)", add_27, NUMBERS, 1, -100, 1,
     {42.7183838}},
    {"nc_mean_squared_error(run, 0)", add_28, NUMBERS, 1, -100, 1,
     {6.53593016}},
    {"nc_mean_absolute_error(run)", add_29, NUMBERS, 3, -100, 1,
     {5.32636166}},
    {"nc_mean_squared_error(run, 1)", add_30, NUMBERS, 3, -100, 1,
     {40.9391975}},
    {"nc_mean_squared_error(run, 0)", add_31, NUMBERS, 3, -100, 1,
     {6.39837456}},
};

#endif
