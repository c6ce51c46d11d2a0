/* NPY and NPZ: arrays that numpy saved; netc's own. */
#include "vocabulary/vocabulary.h"

enum { TARGET = 1 };

static const Param npy_params[] = {
    {"path", ARG_STRING, NULL, NULL},
    {"target", ARG_COLUMNS, "-1", NULL}, /* a file, or columns of the same array */
    {0},
};
static const Param npz_params[] = {
    {"path", ARG_STRING, NULL, NULL},
    {"x", ARG_STRING, "\"x\"", NULL},
    {"y", ARG_STRING, "\"y\"", NULL},
    {0},
};

/* All is known when the files are read. */
static void describe_nothing(Shape *sample, int *classes)
{
    *sample = (Shape){0};
    *classes = CLASSES_UNKNOWN;
}

static bool describe_npy(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    const Arg *target = &args->at[TARGET];
    (void)arena;
    describe_nothing(sample, classes);
    for (int i = 0; i < target->list_count; i++)
        if (target->list_count > 1 && target->columns[i].name) {
            diag_error(diag, target->span, "NPY expects target to be one file, or the numbers of columns");
            return false;
        }
    if (!target->list_count)
        diag_error(diag, target->span, "NPY expects a target: there is nothing to learn without one");
    return target->list_count > 0;
}

static bool describe_npz(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    (void)arena, (void)diag, (void)args;
    describe_nothing(sample, classes);
    return true;
}

const DatasetKind dataset_npy = {
    .name = "NPY", .summary = "an array of numpy's, and another one or columns of it as targets",
    .params = npy_params, .describe = describe_npy, .runtime = "nc_npy", .table = true,
    .help = {.shape = "x[i], shaped as x without its first axis, and y[i]: a class or numbers, as the loss wants",
             .example = "data train_data = NPY(\"x_train.npy\", target=\"y_train.npy\") { Standardize() }",
             .own = true}};
const DatasetKind dataset_npz = {
    .name = "NPZ", .summary = "two arrays of a file that numpy.savez wrote", .params = npz_params,
    .describe = describe_npz, .runtime = "nc_npz", .table = true,
    .help = {.shape = "x[i], shaped as x without its first axis, and y[i]: a class or numbers, as the loss wants",
             .example = "data train_data = NPZ(\"train.npz\", x=\"images\", y=\"labels\")", .own = true}};
