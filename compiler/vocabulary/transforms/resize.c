/* torchvision.transforms.Resize */
#include "vocabulary/transforms/pictures.h"

enum { SIZE, INTERPOLATION, MAX_SIZE };

static const Param params[] = {
    {"size", ARG_NUMBER_LIST, NULL, NULL},
    {"interpolation", ARG_STRING, "\"bilinear\"", NULL},
    {"max_size", ARG_INT, "None", NULL},
    {"antialias", ARG_BOOL, "True", "Resize always antialiases, as PIL does: antialias can't be switched off"},
    {0},
};

/* The sides of the result where those of the picture are known (torchvision's _compute_resized_output_size). */
static Shape resized(Shape in, int64_t size, int64_t most)
{
    int64_t height = in.dim[HEIGHT], width = in.dim[WIDTH];
    if (height == EXTENT_UNKNOWN || width == EXTENT_UNKNOWN)
        return picture_shape(in, EXTENT_UNKNOWN, EXTENT_UNKNOWN);
    int64_t shorter = size, longer = size * (height > width ? height : width) / (height > width ? width : height);
    if (most && longer > most) {
        shorter = most * shorter / longer;
        longer = most;
    }
    return width <= height ? picture_shape(in, longer, shorter) : picture_shape(in, shorter, longer);
}

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    const Arg *most = &args->at[MAX_SIZE], *arg = &args->at[SIZE];
    int size[2];
    if (!picture_size(diag, "Resize", arg, size) ||
        !picture_word(arena, diag, "Resize", &args->at[INTERPOLATION], picture_filters))
        return false;
    if (!most->none && arg->list_count == 2) {
        diag_error(diag, most->span, "Resize has a max_size only where size is that of the shorter side alone");
        return false;
    }
    if (!most->none && (most->i <= size[0] || most->i > MOST_SIDE)) {
        diag_error(diag, most->span, "Resize expects max_size to be greater than size = %d and at most %d but gets %d",
                   size[0], MOST_SIDE, (int)most->i);
        return false;
    }
    *out = arg->list_count == 2 ? picture_shape(in, size[0], size[1]) :
                                  resized(in, size[0], most->none ? 0 : most->i);
    if (out->dim[HEIGHT] && out->dim[WIDTH] && out->dim[HEIGHT] <= MOST_SIDE && out->dim[WIDTH] <= MOST_SIDE)
        return true;
    diag_error(diag, arg->span, "Resize makes pictures of %dx%d out of %dx%d", (int)out->dim[HEIGHT],
               (int)out->dim[WIDTH], (int)in.dim[HEIGHT], (int)in.dim[WIDTH]);
    return false;
}

static const char *arguments(Arena *arena, const Args *args)
{
    const Arg *size = &args->at[SIZE];
    return arena_printf(arena, ", %d, %d, \"%s\", %d", (int)size->list[0],
                        size->list_count == 2 ? (int)size->list[1] : 0, args->at[INTERPOLATION].s,
                        (int)args->at[MAX_SIZE].i);
}

const TransformKind transform_resize = {
    .name = "Resize", .summary = "to a size, or its shorter side to one", .params = params,
    .check = check, .runtime = "nc_resize", .stage = STAGE_PICTURE, .moves = true, .arguments = arguments,
    .help = {.shape = "C,H,W -> C,height,width",
             .example = "Resize((224, 224), interpolation=InterpolationMode.BICUBIC)",
             .differs = "interpolation is a name of InterpolationMode or its string, \"bicubic\""}};
