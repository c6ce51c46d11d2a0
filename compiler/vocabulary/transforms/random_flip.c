/* torchvision.transforms.RandomHorizontalFlip and RandomVerticalFlip, of pictures and, after ToTensor, of tensors; and
 * the flip of the CIFAR-10 speed runs, which takes turns. */
#include "vocabulary/transforms/pictures.h"

enum { P };

static const Param params[] = {{"p", ARG_FLOAT, "0.5", NULL}, {0}};
static const Param no_params[] = {{0}};

static bool check_horizontal(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    (void)arena;
    *out = in;
    return picture_probability(diag, "RandomHorizontalFlip", &args->at[P]);
}

static bool check_vertical(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    (void)arena;
    *out = in;
    return picture_probability(diag, "RandomVerticalFlip", &args->at[P]);
}

static bool check_alternating(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    (void)arena, (void)diag, (void)args;
    *out = in;
    return true;
}

const TransformKind transform_random_horizontal_flip = {
    .name = "RandomHorizontalFlip", .summary = "left and right change places, with probability p", .params = params,
    .check = check_horizontal, .runtime = "nc_random_horizontal_flip", .stage = STAGE_EITHER, .moves = true,
    .floats = true,
    .chance = true,
    .help = {.shape = "C,H,W -> the same", .example = "RandomHorizontalFlip()"}};

const TransformKind transform_random_vertical_flip = {
    .name = "RandomVerticalFlip", .summary = "top and bottom change places, with probability p", .params = params,
    .check = check_vertical, .runtime = "nc_random_vertical_flip", .stage = STAGE_EITHER, .moves = true,
    .floats = true,
    .chance = true,
    .help = {.shape = "C,H,W -> the same", .example = "RandomVerticalFlip(p=0.2)"}};

const TransformKind transform_alternating_flip = {
    .name = "AlternatingFlip",
    .summary = "left and right change places, for half of the samples in one epoch and for the other half in the next: "
               "two epochs see all samples both ways, which chance does not (arXiv:2404.00498)",
    .params = no_params,
    .check = check_alternating, .runtime = "nc_alternating_flip", .stage = STAGE_EITHER, .moves = true,
    .floats = true,
    .chance = true,
    .help = {.shape = "C,H,W -> the same", .example = "AlternatingFlip()", .own = true}};
