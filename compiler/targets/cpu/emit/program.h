/* The emitted program: one C file that is a trainer for one .net file. */
#ifndef NETC_TARGETS_CPU_EMIT_PROGRAM_H
#define NETC_TARGETS_CPU_EMIT_PROGRAM_H

#include "model/model.h"
#include "targets/cpu/cpu.h"
#include "targets/target.h"

/* The text, which depends on the .net file alone: no date, host, path or processor. The plans must be complete. Without
 * a train block it has no main: it is the forward pass, as `const struct nc_model model`. `profile`: it measures its
 * kernels and prints a table at the end. *model: how many bytes of the text are the model's, in front of main; NULL:
 * nobody asks. */
const char *emit_program(Arena *arena, const Program *program, const CpuPlans *plans, EmitForm form, bool profile,
                         size_t *model);

#endif
