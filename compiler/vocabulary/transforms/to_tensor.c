/* torchvision.transforms.ToTensor: bytes become floats between 0 and 1. */
#include "vocabulary/vocabulary.h"

static const Param params[] = {{0}};

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    (void)arena, (void)diag, (void)args; /* it suits every picture */
    *out = in;
    return true;
}

const TransformKind transform_to_tensor = {
    .name = "ToTensor", .summary = "bytes to floats between 0 and 1", .params = params,
    .check = check, .runtime = "nc_to_tensor", .stage = STAGE_TO_TENSOR,
    .help = {.shape = "any -> the same", .example = "ToTensor()"}};
