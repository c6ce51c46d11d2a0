/* What fuse.c and views.c share. */
#ifndef NETC_TARGETS_CPU_FUSER_H
#define NETC_TARGETS_CPU_FUSER_H

#include "targets/cpu/plan.h"

typedef VEC(Op *) Ops;

typedef struct Fuser {
    Plan *plan;
    Ops *readers;       /* by value id */
    Kernel **kernel_of; /* by operation id; NULL: not yet in a kernel */
} Fuser;

/* Whether an operation computes nothing: its output lies where its input does (views.c). */
bool is_view(const Fuser *f, const Op *op);

#endif
