/* Driver: one compilation, from the path of a .net file to C text. */
#ifndef NETC_DRIVER_H
#define NETC_DRIVER_H

#include "base/diag.h"
#include "graph/graph.h"
#include "model/model.h"
#include "targets/cpu/emit/program.h"
#include "targets/cpu/plan.h"
#include "targets/target.h"

/* The steps whose results can be printed, in order. STEP_NONE: none of them. */
typedef enum Step {
    STEP_NONE,
    STEP_SYNTAX,
    STEP_MODEL,
    STEP_GRAPH,
    STEP_AUTODIFF,
    STEP_FUSE,
    STEP_CHOOSE,
    STEP_LAYOUT,
    STEP_SCHEDULE,
    STEP_PLAN,
    STEP_C,
    STEP_COUNT
} Step;

/* What --dump and the help call a step: "autodiff". */
const char *step_name(Step step);

/* Everything one compilation owns; it lives in the arena. Fields are NULL until their step is reached. */
typedef struct Compilation {
    Arena *arena;
    Diag *diag;
    const Source *source;
    const Syntax *syntax;
    const Program *program;
    Graph *graph;
    KernelGraph *kernels, *evaluation; /* the latter NULL where evaluation goes through the former */
    Plan *plan;
    const char *c;
} Compilation;

typedef struct Request {
    const char *path; /* of the .net file; "-": standard input */
    const Override *overrides;
    int override_count;
    Step last;     /* stop after this step; STEP_C: the whole way */
    EmitForm form; /* of the C */
    bool profile;  /* it measures its kernels */
    const Target *target;
    bool models_only; /* a file without a train block will do: stop where it would be needed */
} Request;

Compilation compilation_new(void);
void compilation_free(Compilation *c);

/* THE PIPELINE. False when the file cannot be read or has errors: they have been printed to stderr. */
bool compile(Compilation *c, const Request *request);

/* Prints the result of `step`, which must be the last one that compile() took. */
void compilation_print(Text *out, const Compilation *c, Step step);

#endif
