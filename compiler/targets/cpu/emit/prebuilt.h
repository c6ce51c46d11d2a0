/* What kernelgen prints beside the kernels and runtime/kernels.h (see kernels.h). */
#ifndef NETC_TARGETS_CPU_EMIT_PREBUILT_H
#define NETC_TARGETS_CPU_EMIT_PREBUILT_H

#include "base/text.h"

/* runtime/kernel_table.h: a structure of the kernel functions of one width, and who chooses. */
void emit_kernel_table(Text *out, Arena *arena);

/* A C file with nc_<family>(...) for each family: a call through the table. */
void emit_kernel_calls(Text *out, Arena *arena);

#endif
