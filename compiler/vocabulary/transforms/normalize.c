/* torchvision.transforms.Normalize */

#include "vocabulary/vocabulary.h"

enum { MEAN, STD };

static const Param params[] = {
    {"mean", ARG_FLOATS, NULL, NULL},
    {"std", ARG_FLOATS, NULL, NULL},
    {"inplace", ARG_BOOL, "False", "Normalize has no inplace here: where results are kept is the compiler's business"},
    {0},
};

/* One number per channel. torchvision also takes a single one for all of them; saying each is clearer. */
static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    bool good = true;
    for (int i = MEAN; i <= STD; i++) {
        const Arg *arg = &args->at[i];
        if (in.rank != 3 || arg->list_count != in.dim[0]) {
            diag_error(diag, arg->span, "Normalize expects one number per channel of %s but gets %d",
                       shape_text(arena, in), arg->list_count);
            good = false;
        }
    }
    for (int i = 0; i < args->at[STD].list_count; i++)
        if (args->at[STD].list[i] == 0) {
            diag_error(diag, args->at[STD].span, "Normalize expects std without zeros: it divides by them");
            good = false;
        }
    *out = in;
    return good;
}

static void linear(const Args *args, int channel, float *shift, float *scale)
{
    *shift = (float)args->at[MEAN].list[channel];
    *scale = (float)args->at[STD].list[channel];
}

const TransformKind transform_normalize = {
    .name = "Normalize", .summary = "(x - mean) / std, channel by channel", .params = params,
    .check = check, .runtime = "nc_normalize", .stage = STAGE_TENSOR, .scales = true,
    .linear = linear,
    .help = {.shape = "C,H,W -> the same", .example = "Normalize([0.5, 0.5, 0.5], [0.25, 0.25, 0.25])"}};
