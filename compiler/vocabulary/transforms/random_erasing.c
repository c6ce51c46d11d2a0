/* torchvision.transforms.RandomErasing */
#include <string.h>

#include "vocabulary/transforms/pictures.h"

enum { P, SCALE, RATIO, VALUE };

static const Param params[] = {
    {"p", ARG_FLOAT, "0.5", NULL},
    {"scale", ARG_NUMBER_LIST, "(0.02, 0.33)", NULL},
    {"ratio", ARG_NUMBER_LIST, "(0.3, 3.3)", NULL},
    {"value", ARG_LIST_OR_WORD, "0", NULL},
    {"inplace", ARG_BOOL, "False",
     "RandomErasing has no inplace here: where results are kept is the compiler's business"},
    {0},
};

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    static const char name[] = "RandomErasing";
    static const char *const words[] = {"random", NULL};
    const Arg *value = &args->at[VALUE];
    *out = in;
    if (in.rank != 3) {
        diag_error(diag, args->span, "RandomErasing expects pictures but gets %s", shape_text(arena, in));
        return false;
    }
    if (!picture_probability(diag, name, &args->at[P]) ||
        !picture_range(diag, name, "scale", &args->at[SCALE], 0, 1) ||
        !picture_range(diag, name, "ratio", &args->at[RATIO], 1e-6, 1e6))
        return false;
    if (value->s)
        return picture_word(arena, diag, name, value, words);
    if (value->list_count == 1 || value->list_count == in.dim[CHANNELS])
        return true;
    diag_error(diag, value->span, "RandomErasing expects value to be one number, one for each of %d channels or "
               "\"random\" but gets %d", (int)in.dim[CHANNELS], value->list_count);
    return false;
}

static const char *arguments(Arena *arena, const Args *args)
{
    const Arg *value = &args->at[VALUE];
    Text text = text_new(arena);
    picture_numbers(&text, &args->at[P].f, 1);
    picture_numbers(&text, args->at[SCALE].list, 2);
    picture_numbers(&text, args->at[RATIO].list, 2);
    for (int i = 0; i < value->list_count; i++)
        text_printf(&text, "%s%.17g", i ? ", " : ", (const double[]){", value->list[i]);
    text_printf(&text, value->s ? ", 0, 0" : "}, %d", value->list_count);
    return text.bytes;
}

const TransformKind transform_random_erasing = {
    .name = "RandomErasing", .summary = "a rectangle of other numbers, with probability p", .params = params,
    .check = check, .runtime = "nc_random_erasing", .stage = STAGE_TENSOR, .floats = true, .arguments = arguments,
    .chance = true,
    .help = {.shape = "C,H,W -> the same", .example = "RandomErasing(p=0.25, value=\"random\")"}};
