/* Standardize, of tables: as sklearn.preprocessing.StandardScaler does, with the training part's numbers. */
#include "vocabulary/vocabulary.h"

static const Param params[] = {{0}};

static bool check(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out)
{
    (void)arena, (void)diag, (void)args; /* it suits every table */
    *out = in;
    return true;
}

const TransformKind transform_standardize = {
    .name = "Standardize", .summary = "(x - mean) / std of each column of numbers, learned from the training part",
    .params = params, .check = check, .runtime = "nc_standardize", .stage = STAGE_TABLE, .scales = true,
    .help = {.shape = "N -> the same; categories stay 0 and 1", .example = "Standardize()", .own = true}};
