/* torchvision.transforms.RandomRotation */
#include "vocabulary/transforms/pictures.h"

enum { DEGREES, INTERPOLATION, EXPAND, CENTER, FILL };

static const Param params[] = {
    {"degrees", ARG_NUMBER_LIST, NULL, NULL},
    {"interpolation", ARG_STRING, "\"nearest\"", NULL},
    {"expand", ARG_BOOL, "False", NULL},
    {"center", ARG_NUMBER_LIST, "None", NULL},
    {"fill", ARG_NUMBER_LIST, "0", NULL},
    {0},
};

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    static const char name[] = "RandomRotation";
    const Arg *degrees = &args->at[DEGREES], *center = &args->at[CENTER];
    if (degrees->list_count == 1 && !(degrees->list[0] >= 0 && degrees->list[0] <= 1e6)) {
        diag_error(diag, degrees->span, "RandomRotation expects a single number of degrees to be positive but gets "
                   "%.12g", degrees->list[0]);
        return false;
    }
    if ((degrees->list_count != 1 && !picture_range(diag, name, "degrees", degrees, -1e6, 1e6)) ||
        !picture_word(arena, diag, name, &args->at[INTERPOLATION], picture_rotations) ||
        !picture_border(arena, diag, name, &args->at[FILL], NULL, in))
        return false;
    if (!center->none && center->list_count != 2) {
        diag_error(diag, center->span, "RandomRotation expects center to be (x, y) but gets %d number%s",
                   center->list_count, center->list_count == 1 ? "" : "s");
        return false;
    }
    *out = args->at[EXPAND].i ? picture_shape(in, EXTENT_UNKNOWN, EXTENT_UNKNOWN) : in;
    return true;
}

static const char *arguments(Arena *arena, const Args *args)
{
    const Arg *degrees = &args->at[DEGREES], *center = &args->at[CENTER];
    const double most = degrees->list[degrees->list_count - 1];
    const double range[] = {degrees->list_count == 1 ? -most : degrees->list[0], most};
    Text text = text_new(arena);
    picture_numbers(&text, range, 2);
    text_printf(&text, ", \"%s\", %d", args->at[INTERPOLATION].s, (int)args->at[EXPAND].i);
    if (center->none)
        text_add(&text, ", 0");
    else
        text_printf(&text, ", (const double[]){%.17g, %.17g}", center->list[0], center->list[1]);
    text_printf(&text, ", %s", picture_ints(arena, &args->at[FILL]));
    return text.bytes;
}

const TransformKind transform_random_rotation = {
    .name = "RandomRotation", .summary = "by an angle between bounds, counterclockwise", .params = params,
    .check = check, .runtime = "nc_random_rotation", .stage = STAGE_PICTURE, .moves = true, .arguments = arguments,
    .chance = true,
    .help = {.shape = "C,H,W -> the same; with expand=True what holds it all", .example = "RandomRotation(15)"}};
