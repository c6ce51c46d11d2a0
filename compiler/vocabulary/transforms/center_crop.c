/* torchvision.transforms.CenterCrop */
#include "vocabulary/transforms/pictures.h"

enum { SIZE };

static const Param params[] = {{"size", ARG_NUMBER_LIST, NULL, NULL}, {0}};

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    int size[2];
    (void)arena;
    if (!picture_size(diag, "CenterCrop", &args->at[SIZE], size))
        return false;
    *out = picture_shape(in, size[0], size[1]);
    return true;
}

static const char *arguments(Arena *arena, const Args *args)
{
    const Arg *size = &args->at[SIZE];
    return arena_printf(arena, ", %d, %d", (int)size->list[0], (int)size->list[size->list_count - 1]);
}

const TransformKind transform_center_crop = {
    .name = "CenterCrop", .summary = "the middle of the picture, with zeros around it where it is smaller",
    .params = params, .check = check, .runtime = "nc_center_crop", .stage = STAGE_PICTURE, .moves = true,
    .arguments = arguments,
    .help = {.shape = "C,H,W -> C,height,width", .example = "CenterCrop(224)"}};
