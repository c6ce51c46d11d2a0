/* What torch's optimizers have in common. */
#ifndef NETC_VOCABULARY_OPTIMIZERS_RANGES_H
#define NETC_VOCABULARY_OPTIMIZERS_RANGES_H

#include "vocabulary/vocabulary.h"

/* Arguments that say how torch computes a step, which is not what the step is. */
#define FOREACH(name) \
    {"foreach", ARG_BOOL, "None", name " has no foreach here: how it is computed is the compiler's business"}
#define FUSED(name) \
    {"fused", ARG_BOOL, "None", name " has no fused here: how it is computed is the compiler's business"}
#define CAPTURABLE(name) {"capturable", ARG_BOOL, "False", name " has no capturable here: it is no CUDA graph"}
#define DIFFERENTIABLE(name) \
    {"differentiable", ARG_BOOL, "False", name " steps cannot be differentiated: differentiable is not supported"}

/* Holds every argument against the range that torch has for arguments of its name. False after reporting. */
bool optimizer_check_ranges(Diag *diag, const char *name, const Param *params, const Args *args);

#endif
