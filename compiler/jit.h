/* Jit: the plain C to functions in process, by libtcc, and their main() run. */
#ifndef NETC_JIT_H
#define NETC_JIT_H

#include "base/arena.h"

/* Compiles `text` (EMIT_PLAIN) in memory and runs its main(argc, argv): its exit status. Needs no file of the machine:
 * the declarations are part of this program, and so is the runtime. argv ends with NULL. */
int jit_run(Arena *arena, const char *text, int argc, char **argv);

#endif
