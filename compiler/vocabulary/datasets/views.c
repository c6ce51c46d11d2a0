/* torch.utils.data: random_split, Subset and ConcatDataset, data sets made of others. */
#include <inttypes.h>
#include <math.h>

#include "vocabulary/vocabulary.h"

enum { DATASET, SECOND, SEED };

static const Param split_params[] = {
    {"dataset", ARG_DATA, NULL, NULL},
    {"lengths", ARG_FLOATS, NULL, NULL},
    {"seed", ARG_INT, "0", NULL}, /* torch.Generator().manual_seed(seed) */
    {0},
};

static const Param subset_params[] = {
    {"dataset", ARG_DATA, NULL, NULL},
    {"indices", ARG_FLOATS, NULL, NULL},
    {0},
};

static const Param concat_params[] = {
    {"datasets", ARG_DATA, NULL, NULL},
    {0},
};

static bool only_one(Diag *diag, const char *name, const Arg *dataset)
{
    if (dataset->list_count == 1)
        return true;
    diag_error(diag, dataset->span, "%s expects one data set but gets %d", name, dataset->list_count);
    return false;
}

static bool whole(double x)
{
    return x >= 0 && x == floor(x) && x <= 2147483647.0;
}

/* Fractions that add up to 1, or numbers of samples, as torch has it. */
static bool describe_split(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    const Arg *lengths = &args->at[SECOND];
    double sum = 0;
    bool all_whole = true, negative = false;
    (void)arena, (void)sample, (void)classes; /* of the data set that is split */
    for (int i = 0; i < lengths->list_count; i++) {
        sum += lengths->list[i];
        all_whole = all_whole && whole(lengths->list[i]);
        negative = negative || lengths->list[i] < 0;
    }
    if (!only_one(diag, "random_split", &args->at[DATASET]))
        return false;
    if (args->at[SEED].i < 0) {
        diag_error(diag, args->at[SEED].span, "random_split expects a seed of at least 0 but gets %" PRId64,
                   args->at[SEED].i);
        return false;
    }
    if (negative || (!all_whole && (fabs(sum - 1) > 1e-9 || sum > 1))) {
        diag_error(diag, lengths->span,
                   "random_split expects fractions that add up to 1, or whole numbers of samples; these add up to "
                   "%.12g", sum);
        return false;
    }
    return true;
}

static bool describe_subset(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    const Arg *indices = &args->at[SECOND];
    (void)arena, (void)sample, (void)classes; /* of the data set that it is a part of */
    if (!only_one(diag, "Subset", &args->at[DATASET]))
        return false;
    for (int i = 0; i < indices->list_count; i++)
        if (!whole(indices->list[i])) {
            diag_error(diag, indices->span, "Subset expects places of samples, from 0 on, but gets %.12g",
                       indices->list[i]);
            return false;
        }
    return true;
}

static bool describe_concat(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    (void)arena, (void)diag, (void)args, (void)sample, (void)classes; /* those of the data sets */
    return true;
}

#define REPLACES "transforms in braces behind it stand in the place of the data set's own"

const DatasetKind dataset_random_split = {
    "random_split", "a data set's samples dealt out by chance", split_params, describe_split, "nc_random_split", false,
    .view = VIEW_SPLIT,
    .help = {.shape = "a data set -> as many as there are lengths, each with a name before the =, or _",
             .example = "data part, rest = random_split(whole, [0.8, 0.2], seed=0)",
             .differs = "seed is torch's generator=torch.Generator().manual_seed(seed); " REPLACES}};
const DatasetKind dataset_subset = {
    "Subset", "some of a data set's samples", subset_params, describe_subset, "nc_subset", false, .view = VIEW_SUBSET,
    .help = {.shape = "a data set -> its samples at the places of a list, or of range(begin, end, step)",
             .example = "data few = Subset(whole, range(100))",
             .differs = REPLACES}};
const DatasetKind dataset_concat = {
    "ConcatDataset", "data sets one after the other", concat_params, describe_concat, "nc_concat", false,
    .view = VIEW_CONCAT,
    .help = {.shape = "data sets -> all of their samples, their classes put together by their names",
             .example = "data twice = ConcatDataset([whole, whole])", .differs = REPLACES}};
