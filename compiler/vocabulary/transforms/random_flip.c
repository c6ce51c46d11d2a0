/* torchvision.transforms.RandomHorizontalFlip and RandomVerticalFlip, of pictures and, after ToTensor, of tensors. */
#include "vocabulary/transforms/pictures.h"

enum { P };

static const Param params[] = {{"p", ARG_FLOAT, "0.5", NULL}, {0}};

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
