/* What torch's schedulers have in common. */
#ifndef NETC_VOCABULARY_SCHEDULERS_SCHEDULERS_H
#define NETC_VOCABULARY_SCHEDULERS_SCHEDULERS_H

#include "vocabulary/vocabulary.h"

#define LAST_EPOCH(name) \
    {"last_epoch", ARG_INT, "-1", name " begins with the run; --resume goes on with it: leave last_epoch out"}

/* Whether the argument at `place` is a whole number of at least `least`, a number within bounds, or one of `words`
 * (NULL ends them). False after reporting. */
bool scheduler_check_least(Diag *diag, const char *name, const Param *params, const Args *args, int place, int least);
bool scheduler_check_range(Diag *diag, const char *name, const Param *params, const Args *args, int place, double low,
                           double high);
bool scheduler_check_word(Arena *arena, Diag *diag, const char *name, const Param *params, const Args *args, int place,
                          const char *const *words);

/* Whether the list at `place` is whole numbers. */
bool scheduler_check_milestones(Diag *diag, const char *name, const Args *args, int place);

#endif
