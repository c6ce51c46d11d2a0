/* The emitted program: one C file that is a trainer for one .net file. */
#ifndef NETC_TARGETS_CPU_EMIT_PROGRAM_H
#define NETC_TARGETS_CPU_EMIT_PROGRAM_H

#include "model/model.h"
#include "targets/cpu/plan.h"

typedef enum EmitForm {
    EMIT_CC,    /* for a C compiler: the model's own kernels, specialised; includes netc.h and vector.h */
    EMIT_PLAIN, /* for libtcc: calls of the runtime's kernels; to stand after the texts of netc.h and kernels.h */
} EmitForm;

/* The text, which depends on the .net file alone: no date, host, path or processor. The plan must be complete, the
 * program must have a train block. `profile`: it measures its kernels and prints a table at the end. */
const char *emit_program(Arena *arena, const Program *program, const Plan *plan, EmitForm form, bool profile);

#endif
