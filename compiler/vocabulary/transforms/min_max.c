/* MinMax, of tables: as sklearn.preprocessing.MinMaxScaler does, with the training part's numbers. */
#include "vocabulary/vocabulary.h"

enum { LOW, HIGH };

static const Param params[] = {
    {"low", ARG_FLOAT, "0.0", NULL},
    {"high", ARG_FLOAT, "1.0", NULL},
    {0},
};

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    (void)arena;
    bool good = args->at[LOW].f < args->at[HIGH].f;
    if (!good)
        diag_error(diag, args->span, "MinMax expects low below high but gets %.12g and %.12g", args->at[LOW].f,
                   args->at[HIGH].f);
    *out = in;
    return good;
}

const TransformKind transform_min_max = {
    .name = "MinMax", .summary = "each column of numbers to between low and high, learned from the training part",
    .params = params, .check = check, .runtime = "nc_min_max", .stage = STAGE_TABLE, .scales = true,
    .help = {.shape = "N -> the same; categories stay 0 and 1", .example = "MinMax()", .own = true}};
