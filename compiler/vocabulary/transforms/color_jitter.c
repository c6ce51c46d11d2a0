/* torchvision.transforms.ColorJitter */
#include "vocabulary/transforms/pictures.h"

enum { BRIGHTNESS, CONTRAST, SATURATION, HUE, KINDS };

static const Param params[] = {
    {"brightness", ARG_NUMBER_LIST, "0", NULL},
    {"contrast", ARG_NUMBER_LIST, "0", NULL},
    {"saturation", ARG_NUMBER_LIST, "0", NULL},
    {"hue", ARG_NUMBER_LIST, "0", NULL},
    {0},
};

/* The factor's bounds: (least, most) as given, or a distance from what changes nothing. */
static void bounds_of(const Args *args, int kind, double bounds[2])
{
    const Arg *arg = &args->at[kind];
    const double center = kind == HUE ? 0 : 1, distance = arg->list[0];
    bounds[0] = arg->list_count == 2 ? arg->list[0] : center - distance;
    bounds[1] = arg->list_count == 2 ? arg->list[1] : center + distance;
    if (arg->list_count == 1 && kind != HUE && bounds[0] < 0)
        bounds[0] = 0;
}

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    (void)arena;
    for (int kind = 0; kind < KINDS; kind++) {
        const Arg *arg = &args->at[kind];
        const char *param = params[kind].name;
        double bounds[2];
        if (arg->list_count == 1 && !(arg->list[0] >= 0 && arg->list[0] <= (kind == HUE ? 0.5 : 1e6))) {
            diag_error(diag, arg->span, "ColorJitter expects %s to be at least 0%s but gets %.12g", param,
                       kind == HUE ? " and at most 0.5" : "", arg->list[0]);
            return false;
        }
        bounds_of(args, kind, bounds);
        if (arg->list_count != 1 && !picture_range(diag, "ColorJitter", param, arg, kind == HUE ? -0.5 : 0,
                                                   kind == HUE ? 0.5 : 1e6))
            return false;
    }
    *out = in;
    return true;
}

static const char *arguments(Arena *arena, const Args *args)
{
    Text text = text_new(arena);
    for (int kind = 0; kind < KINDS; kind++) {
        double bounds[2];
        bounds_of(args, kind, bounds);
        picture_numbers(&text, bounds, 2);
    }
    return text.bytes;
}

const TransformKind transform_color_jitter = {
    .name = "ColorJitter", .summary = "brightness, contrast, saturation and hue changed within bounds",
    .params = params, .check = check, .runtime = "nc_color_jitter", .stage = STAGE_PICTURE, .arguments = arguments,
    .chance = true,
    .help = {.shape = "C,H,W -> the same",
             .example = "ColorJitter(brightness=0.2, contrast=0.2, saturation=0.2, hue=0.05)"}};
