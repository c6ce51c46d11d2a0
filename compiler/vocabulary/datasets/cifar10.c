/* torchvision.datasets.CIFAR10 */
#include "vocabulary/vocabulary.h"

static const Param params[] = {
    {"root", ARG_STRING, NULL, NULL},
    {"train", ARG_BOOL, "True", NULL},
    {"transform", ARG_STRING, "None", "CIFAR10 has its transforms in braces behind it: CIFAR10(...) { ToTensor() }"},
    {"target_transform", ARG_STRING, "None", "CIFAR10 gives its labels as they are: target_transform is not supported"},
    {"download", ARG_BOOL, "False",
     "CIFAR10 is not downloaded: put its folder where root says, or name it with --data"},
    {0},
};

static bool describe(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    (void)arena, (void)diag, (void)args; /* every sample is alike */
    *sample = shape_of(3, (int64_t[]){3, 32, 32});
    *classes = 10;
    return true;
}

const DatasetKind dataset_cifar10 = {
    "CIFAR10", "60000 colour pictures of ten kinds", params, describe, "nc_cifar10", true,
    {.shape = "3,32,32 and one of 10 classes",
     .example = "data train_data = CIFAR10(\"data\", train=True) { ToTensor() }"}};
