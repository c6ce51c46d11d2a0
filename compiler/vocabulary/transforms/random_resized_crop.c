/* torchvision.transforms.RandomResizedCrop */
#include "vocabulary/transforms/pictures.h"

enum { SIZE, SCALE, RATIO, INTERPOLATION };

static const Param params[] = {
    {"size", ARG_NUMBER_LIST, NULL, NULL},
    {"scale", ARG_NUMBER_LIST, "(0.08, 1.0)", NULL},
    {"ratio", ARG_NUMBER_LIST, "(0.75, 1.3333333333333333)", NULL},
    {"interpolation", ARG_STRING, "\"bilinear\"", NULL},
    {"antialias", ARG_BOOL, "True",
     "RandomResizedCrop always antialiases, as PIL does: antialias can't be switched off"},
    {0},
};

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    static const char name[] = "RandomResizedCrop";
    int size[2];
    if (!picture_size(diag, name, &args->at[SIZE], size) ||
        !picture_range(diag, name, "scale", &args->at[SCALE], 0, 1e6) ||
        !picture_range(diag, name, "ratio", &args->at[RATIO], 1e-6, 1e6) ||
        !picture_word(arena, diag, name, &args->at[INTERPOLATION], picture_filters))
        return false;
    *out = picture_shape(in, size[0], size[1]);
    return true;
}

static const char *arguments(Arena *arena, const Args *args)
{
    const Arg *size = &args->at[SIZE];
    Text text = text_new(arena);
    text_printf(&text, ", %d, %d", (int)size->list[0], (int)size->list[size->list_count - 1]);
    picture_numbers(&text, args->at[SCALE].list, 2);
    picture_numbers(&text, args->at[RATIO].list, 2);
    text_printf(&text, ", \"%s\"", args->at[INTERPOLATION].s);
    return text.bytes;
}

const TransformKind transform_random_resized_crop = {
    .name = "RandomResizedCrop", .summary = "a part of any size and shape between bounds, resized", .params = params,
    .check = check, .runtime = "nc_random_resized_crop", .stage = STAGE_PICTURE, .moves = true, .arguments = arguments,
    .chance = true,
    .help = {.shape = "C,H,W -> C,height,width", .example = "RandomResizedCrop(224, scale=(0.5, 1.0))"}};
