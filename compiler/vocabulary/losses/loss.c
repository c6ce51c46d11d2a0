#include "vocabulary/losses/loss.h"

#include <string.h>

bool loss_check_reduction(Diag *diag, const char *name, const Arg *reduction, const char *more)
{
    if (strcmp(reduction->s, "mean") == 0 || strcmp(reduction->s, "sum") == 0 ||
        (more && strcmp(reduction->s, more) == 0))
        return true;
    diag_error(diag, reduction->span, "%s expects reduction to be \"mean\"%s%s%s or \"sum\" but gets \"%s\"%s", name,
               more ? ", \"" : "", more ? more : "", more ? "\"" : "", reduction->s,
               strcmp(reduction->s, "none") == 0 ? ", which is not one number to learn by" : "");
    return false;
}

Reduction loss_reduction(const Arg *reduction)
{
    if (strcmp(reduction->s, "batchmean") == 0)
        return REDUCE_BATCH_MEAN;
    return strcmp(reduction->s, "sum") == 0 ? REDUCE_SUM : REDUCE_MEAN;
}
