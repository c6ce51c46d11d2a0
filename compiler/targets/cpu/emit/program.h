/* The emitted program: one C file that is a trainer for one .net file. */
#ifndef NETC_TARGETS_CPU_EMIT_PROGRAM_H
#define NETC_TARGETS_CPU_EMIT_PROGRAM_H

#include "model/model.h"
#include "targets/cpu/cpu.h"
#include "targets/target.h"

/* The text, which depends on the .net file alone: no date, host, path or processor. The plans must be complete. Without
 * a train block it has no main: it is the forward pass, as `const struct nc_model model`. *model: how many bytes of the
 * text are the model's, in front of main; NULL: nobody asks. */
const char *emit_program(const Lowering *lowering, EmitForm form, size_t *model);

/* The text of a library, and what else LibraryCore tells. */
void emit_library(Lowering *lowering);

#endif
