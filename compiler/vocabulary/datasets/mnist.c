/* torchvision.datasets.MNIST, FashionMNIST, KMNIST, QMNIST and EMNIST: grey pictures, 1x28x28 */
#include <string.h>

#include "vocabulary/datasets/collections.h"
#include "vocabulary/vocabulary.h"

enum { QMNIST_WHAT = 1, QMNIST_DOWNLOAD = 6, EMNIST_SPLIT = 1 };

static const Param mnist_params[] = {ROOT_AND_TRAIN, COLLECTION_PARAMS("MNIST"), {0}};
static const Param fashion_mnist_params[] = {ROOT_AND_TRAIN, COLLECTION_PARAMS("FashionMNIST"), {0}};
static const Param kmnist_params[] = {ROOT_AND_TRAIN, COLLECTION_PARAMS("KMNIST"), {0}};
static const Param qmnist_params[] = {
    {"root", ARG_STRING, NULL, NULL},
    {"what", ARG_STRING, "None", NULL},
    {"compat", ARG_BOOL, "True",
     "QMNIST gives the class of each digit: compat=False, all eight numbers, is not supported"},
    {"train", ARG_BOOL, "True", NULL},
    COLLECTION_PARAMS("QMNIST"),
    {0},
};
static const Param emnist_params[] = {
    {"root", ARG_STRING, NULL, NULL},
    {"split", ARG_STRING, NULL, NULL},
    {"train", ARG_BOOL, "True", NULL},
    TRANSFORMS("EMNIST"),
    {"download", ARG_BOOL, "False",
     "EMNIST is published as one zip file, which is not downloaded: put its idx files where root says, or name their "
     "folder with --data"},
    {0},
};

static bool describe(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    (void)arena, (void)diag, (void)args; /* every sample is alike */
    *sample = shape_of(3, (int64_t[]){1, 28, 28});
    *classes = 10;
    return true;
}

static bool describe_qmnist(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    static const char *const parts[] = {"train", "test", "test10k", "test50k", "nist"};
    const Arg *what = &args->at[QMNIST_WHAT];
    bool known = what->none;
    for (int i = 0; i < 5 && !known; i++)
        known = strcmp(what->s, parts[i]) == 0;
    if (!known)
        diag_error(diag, what->span, "QMNIST expects what to be train, test, test10k, test50k or nist but gets \"%s\"",
                   what->s);
    if (args->at[QMNIST_DOWNLOAD].i && !what->none && strcmp(what->s, "nist") == 0) {
        diag_error(diag, args->at[QMNIST_DOWNLOAD].span,
                   "QMNIST's part \"nist\" is published packed by xz, which is not unpacked: put its idx files where "
                   "root says, or name their folder with --data");
        known = false;
    }
    return describe(arena, diag, args, sample, classes) && known;
}

static bool describe_emnist(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    static const struct {
        const char *name;
        int classes;
    } splits[] = {{"byclass", 62}, {"bymerge", 47}, {"balanced", 47}, {"letters", 27}, {"digits", 10}, {"mnist", 10}};
    const Arg *split = &args->at[EMNIST_SPLIT];
    describe(arena, diag, args, sample, classes);
    for (int i = 0; i < 6; i++)
        if (strcmp(split->s, splits[i].name) == 0) {
            *classes = splits[i].classes;
            return true;
        }
    diag_error(diag, split->span,
               "EMNIST expects split to be byclass, bymerge, balanced, letters, digits or mnist but gets \"%s\"",
               split->s);
    return false;
}

#define KIND(kind_name, about, its_params, its_describe, function, count, more)                                  \
    {.name = kind_name, .summary = about, .params = its_params, .describe = its_describe, .runtime = function,   \
     .bytes = true,                                                                                              \
     .help = {.shape = "1,28,28 and one of " count " classes",                                                   \
              .example = "data train_data = " kind_name "(\"data\"" more ", train=True) { ToTensor() }",         \
              .differs = "packed files (.gz) are read where there are no others"}}

const DatasetKind dataset_mnist =
    KIND("MNIST", "70000 handwritten digits", mnist_params, describe, "nc_mnist", "10", "");
const DatasetKind dataset_fashion_mnist = KIND("FashionMNIST", "70000 pieces of clothing", fashion_mnist_params,
                                               describe, "nc_fashion_mnist", "10", "");
const DatasetKind dataset_kmnist =
    KIND("KMNIST", "70000 Japanese letters of ten kinds", kmnist_params, describe, "nc_kmnist", "10", "");
const DatasetKind dataset_qmnist =
    KIND("QMNIST", "120000 handwritten digits", qmnist_params, describe_qmnist, "nc_qmnist", "10", "");
const DatasetKind dataset_emnist = KIND("EMNIST", "handwritten digits and letters", emnist_params, describe_emnist,
                                        "nc_emnist", "10, 27, 47 or 62", ", split=\"balanced\"");
