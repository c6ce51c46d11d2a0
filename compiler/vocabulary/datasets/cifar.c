/* torchvision.datasets.CIFAR10 and CIFAR100 */
#include "vocabulary/datasets/collections.h"
#include "vocabulary/vocabulary.h"

static const Param cifar10_params[] = {ROOT_AND_TRAIN, COLLECTION_PARAMS("CIFAR10"), {0}};
static const Param cifar100_params[] = {ROOT_AND_TRAIN, COLLECTION_PARAMS("CIFAR100"), {0}};

/* Every sample is alike. */
static void describe_picture(Shape *sample)
{
    *sample = shape_of(3, (int64_t[]){3, 32, 32});
}

static bool describe_cifar10(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    (void)arena, (void)diag, (void)args;
    describe_picture(sample);
    *classes = 10;
    return true;
}

static bool describe_cifar100(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    (void)arena, (void)diag, (void)args;
    describe_picture(sample);
    *classes = 100;
    return true;
}

const DatasetKind dataset_cifar10 = {
    .name = "CIFAR10", .summary = "60000 colour pictures of ten kinds", .params = cifar10_params,
    .describe = describe_cifar10, .runtime = "nc_cifar10", .bytes = true,
    .help = {.shape = "3,32,32 and one of 10 classes",
             .example = "data train_data = CIFAR10(\"data\", train=True) { ToTensor() }"}};
const DatasetKind dataset_cifar100 = {
    .name = "CIFAR100", .summary = "60000 colour pictures of 100 kinds", .params = cifar100_params,
    .describe = describe_cifar100, .runtime = "nc_cifar100", .bytes = true,
    .help = {.shape = "3,32,32 and one of 100 classes, the fine ones",
             .example = "data train_data = CIFAR100(\"data\", train=True) { ToTensor() }"}};
