/* What the losses' files share. */
#ifndef NETC_VOCABULARY_LOSSES_LOSS_H
#define NETC_VOCABULARY_LOSSES_LOSS_H

#include "vocabulary/vocabulary.h"

/* What torch once had and refuses softly by now. */
#define SIZE_AVERAGE(loss) \
    {"size_average", ARG_BOOL, "None", loss " no longer has size_average: write reduction=\"mean\" or \"sum\""}
#define REDUCE(loss) {"reduce", ARG_BOOL, "None", loss " no longer has reduce: write reduction=\"mean\" or \"sum\""}

/* What differs from torch in all of them. */
#define ONE_NUMBER "reduction=\"none\" is refused: training goes by one number"

/* Checks that the reduction is "mean" or "sum", or what `more` names (NULL: nothing more). False after reporting. */
bool loss_check_reduction(Diag *diag, const char *name, const Arg *reduction, const char *more);
Reduction loss_reduction(const Arg *reduction);

#endif
