/* torchvision.transforms.Pad */
#include "vocabulary/transforms/pictures.h"

enum { PADDING, FILL, MODE };

static const Param params[] = {
    {"padding", ARG_NUMBER_LIST, NULL, NULL},
    {"fill", ARG_NUMBER_LIST, "0", NULL},
    {"padding_mode", ARG_STRING, "\"constant\"", NULL},
    {0},
};

static int64_t padded(int64_t side, int before, int after)
{
    return side == EXTENT_UNKNOWN ? EXTENT_UNKNOWN : side + before + after;
}

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    int padding[4];
    if (!picture_padding(diag, "Pad", &args->at[PADDING], padding) ||
        !picture_border(arena, diag, "Pad", &args->at[FILL], &args->at[MODE], in))
        return false;
    *out = picture_shape(in, padded(in.dim[HEIGHT], padding[1], padding[3]),
                         padded(in.dim[WIDTH], padding[0], padding[2]));
    if ((out->dim[HEIGHT] > 0 || in.dim[HEIGHT] == EXTENT_UNKNOWN) &&
        (out->dim[WIDTH] > 0 || in.dim[WIDTH] == EXTENT_UNKNOWN))
        return true;
    diag_error(diag, args->at[PADDING].span, "Pad leaves nothing of a picture of %s", shape_text(arena, in));
    return false;
}

static const char *arguments(Arena *arena, const Args *args)
{
    int padding[4];
    picture_padding(NULL, "Pad", &args->at[PADDING], padding);
    return arena_printf(arena, ", (const int[]){%d, %d, %d, %d}, %s, \"%s\"", padding[0], padding[1], padding[2],
                        padding[3], picture_ints(arena, &args->at[FILL]), args->at[MODE].s);
}

const TransformKind transform_pad = {
    .name = "Pad", .summary = "a border on each side; a negative one cuts off", .params = params,
    .check = check, .runtime = "nc_pad", .stage = STAGE_PICTURE, .moves = true, .arguments = arguments,
    .help = {.shape = "C,H,W -> C,H + top + bottom,W + left + right",
             .example = "Pad((4, 2), fill=128)"}};
