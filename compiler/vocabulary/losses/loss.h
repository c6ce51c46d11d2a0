/* What the losses' files share. */
#ifndef NETC_VOCABULARY_LOSSES_LOSS_H
#define NETC_VOCABULARY_LOSSES_LOSS_H

#include "vocabulary/vocabulary.h"

/* What torch once had and refuses softly by now. */
#define SIZE_AVERAGE(loss) \
    {"size_average", ARG_BOOL, "None", loss " no longer has size_average: write reduction=\"mean\" or \"sum\""}
#define REDUCE(loss) {"reduce", ARG_BOOL, "None", loss " no longer has reduce: write reduction=\"mean\" or \"sum\""}

/* Checks that the model gives a row of `what` ("one number per class"); and that the reduction is "mean" or "sum", or
 * what `more` names (NULL: nothing more). False after reporting. */
bool loss_check_output(Arena *arena, Diag *diag, const char *name, const Args *args, Shape output, Span network,
                       const char *what);
bool loss_check_reduction(Diag *diag, const char *name, const Arg *reduction, const char *more);
Reduction loss_reduction(const Arg *reduction);

/* Both of a loss whose outputs have weights: `weight` too. False after reporting. */
bool loss_check_weighted(Arena *arena, Diag *diag, const char *name, const Args *args, const Arg *weight,
                         const Arg *reduction, Shape output, Span network, const char *what);

/* A weight for each output, or None. */
bool loss_check_weights(Diag *diag, const char *name, const char *what, const Arg *weights, Shape output);
const double *loss_weights(const Arg *weights);

#endif
