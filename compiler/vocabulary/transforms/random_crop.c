/* torchvision.transforms.RandomCrop */
#include "vocabulary/transforms/pictures.h"

enum { SIZE, PADDING, PAD_IF_NEEDED, FILL, MODE };

static const Param params[] = {
    {"size", ARG_NUMBER_LIST, NULL, NULL},
    {"padding", ARG_NUMBER_LIST, "None", NULL},
    {"pad_if_needed", ARG_BOOL, "False", NULL},
    {"fill", ARG_NUMBER_LIST, "0", NULL},
    {"padding_mode", ARG_STRING, "\"constant\"", NULL},
    {0},
};

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    int size[2], padding[4];
    if (!picture_size(diag, "RandomCrop", &args->at[SIZE], size) ||
        !picture_padding(diag, "RandomCrop", &args->at[PADDING], padding) ||
        !picture_border(arena, diag, "RandomCrop", &args->at[FILL], &args->at[MODE], in))
        return false;
    *out = picture_shape(in, size[0], size[1]);
    int64_t height = in.dim[HEIGHT] + padding[1] + padding[3], width = in.dim[WIDTH] + padding[0] + padding[2];
    bool low = in.dim[HEIGHT] != EXTENT_UNKNOWN && height < size[0];
    bool narrow = in.dim[WIDTH] != EXTENT_UNKNOWN && width < size[1];
    if (args->at[PAD_IF_NEEDED].i || (!low && !narrow))
        return true;
    diag_error(diag, args->at[SIZE].span, "RandomCrop of %dx%d does not fit in %s%s: pad_if_needed=True pads it",
               size[0], size[1], shape_text(arena, in), args->at[PADDING].none ? "" : " with its padding");
    return false;
}

static const char *arguments(Arena *arena, const Args *args)
{
    const Arg *size = &args->at[SIZE];
    int padding[4];
    picture_padding(NULL, "RandomCrop", &args->at[PADDING], padding);
    return arena_printf(arena, ", %d, %d, (const int[]){%d, %d, %d, %d}, %d, %s, \"%s\"", (int)size->list[0],
                        (int)size->list[size->list_count - 1], padding[0], padding[1], padding[2], padding[3],
                        (int)args->at[PAD_IF_NEEDED].i, picture_ints(arena, &args->at[FILL]), args->at[MODE].s);
}

const TransformKind transform_random_crop = {
    .name = "RandomCrop", .summary = "a part of the picture, from anywhere", .params = params,
    .check = check, .runtime = "nc_random_crop", .stage = STAGE_PICTURE, .moves = true, .arguments = arguments,
    .chance = true,
    .help = {.shape = "C,H,W -> C,height,width", .example = "RandomCrop(32, padding=4)"}};
