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
    "ToTensor", "bytes to floats between 0 and 1", params, check, "nc_to_tensor", STAGE_TO_TENSOR, false,
    {.shape = "any -> the same", .example = "ToTensor()"}};
