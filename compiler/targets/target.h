/* Target: what a graph becomes text for. The seam between passes/, which know no target, and targets/NAME/, each of
 * which knows one. */
#ifndef NETC_TARGETS_TARGET_H
#define NETC_TARGETS_TARGET_H

#include "model/model.h"
#include "passes/kernel_graph.h"

typedef struct Target {
    const char *name;    /* "plain", as --target has it */
    const char *summary; /* of the text, for help */

    Fuses *fuses; /* what is computed together */

    /* The program's text, of a graph with its backward part. NULL after reporting what the target cannot do. A target
     * without this function has a plan of kernels, and the driver goes through its steps. */
    const char *(*lower)(Arena *arena, Diag *diag, const Program *program, const Graph *graph);
} Target;

extern const Target target_cpu, target_plain;

/* The first one is what is taken where nothing is said; NULL ends the list. */
extern const Target *const targets[];

/* The target of this name, or NULL. */
const Target *target_find(const char *name);

#endif
