/* CSV: rows of a text file; netc's own, as pandas.read_csv would read them. */
#include <string.h>

#include "vocabulary/vocabulary.h"

enum { PATH, TARGET, HEADER, DELIMITER, COLUMNS, CATEGORICAL, MISSING };

static const Param params[] = {
    {"path", ARG_STRING, NULL, NULL},
    {"target", ARG_COLUMNS, "-1", NULL},
    {"header", ARG_BOOL, "None", NULL}, /* None: the first row, when none of its cells is a number */
    {"delimiter", ARG_STRING, "\",\"", NULL},
    {"columns", ARG_COLUMNS, "None", NULL},     /* None: all but the targets */
    {"categorical", ARG_COLUMNS, "None", NULL}, /* None: those that have words in them */
    {"missing", ARG_STRING, "\"error\"", NULL},
    {0},
};

/* How many floats a row gives is known when the file is read. Of class numbers and floats, targets are what the loss
 * takes. */
static bool describe(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes)
{
    static const char *const missing[] = {"error", "drop", "mean", "median"};
    const Arg *delimiter = &args->at[DELIMITER], *policy = &args->at[MISSING], *columns = &args->at[COLUMNS];
    bool good = true, known = false;
    (void)arena;
    *sample = shape_of(1, (int64_t[]){EXTENT_UNKNOWN});
    *classes = CLASSES_UNKNOWN;
    if (strlen(delimiter->s) != 1 || strchr("\"\r\n.+-0123456789", delimiter->s[0])) {
        diag_error(diag, delimiter->span, "CSV expects delimiter to be one character such as \",\", \";\", \"\\t\" or "
                   "\" \"");
        good = false;
    }
    for (int i = 0; i < 4; i++)
        known |= strcmp(policy->s, missing[i]) == 0;
    if (!known)
        diag_error(diag, policy->span, "CSV expects missing to be \"error\", \"drop\", \"mean\" or \"median\" but gets "
                   "\"%s\"", policy->s);
    if (!args->at[TARGET].list_count)
        diag_error(diag, args->at[TARGET].span, "CSV expects a target: there is nothing to learn without one");
    if (!columns->none && !columns->list_count)
        diag_error(diag, columns->span, "CSV expects at least one of columns: samples are made of them");
    return good && known && args->at[TARGET].list_count && (columns->none || columns->list_count);
}

const DatasetKind dataset_csv = {
    .name = "CSV", .summary = "rows of a text file: numbers, words and targets", .params = params,
    .describe = describe, .runtime = "nc_csv", .table = true,
    .help = {.shape = "one float a column of numbers and one a category of a column of words, and a class or numbers, "
                      "as the loss wants",
             .example = "data houses = CSV(\"housing.csv\", target=\"medv\", missing=\"mean\") { Standardize() }",
             .own = true}};
