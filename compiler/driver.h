/* Driver: one compilation, from the path of a .net file to C text. */
#ifndef NETC_DRIVER_H
#define NETC_DRIVER_H

#include "base/diag.h"
#include "graph/graph.h"
#include "model/model.h"
#include "targets/target.h"

/* What --dump and the help call a step: "autodiff". */
const char *step_name(Step step);

typedef struct Request {
    const char *path; /* of the .net file; "-": standard input */
    const Override *overrides;
    int override_count;
    Step last;           /* stop after this step; STEP_C: the whole way */
    EmitForm form;       /* of the C */
    bool profile;        /* it measures its kernels */
    bool shared;         /* several processes share a run of it, by MPI */
    bool trains;         /* of EMIT_LIBRARY: a step too */
    bool laps;           /* it tells of each kernel that was called */
    MakePtx *ptx;        /* what makes PTX of a device's kernels, for the program to carry; NULL: it compiles them */
    bool observed;       /* of a library: it tells of each value that it makes */
    const Target *target;
    bool needs_training; /* a file without a train block will not do */
    bool models_only;    /* a file of several models without one will do: stop where it would be needed */
} Request;

/* Everything one compilation owns; it lives in the arena. Fields are NULL until their step is reached. */
typedef struct Compilation {
    Arena *arena;
    Diag *diag;
    const Request *request;
    const Source *source;
    const Syntax *syntax;
    const Program *program;
    Graph *graph;
    Lowering lowering; /* from STEP_FUSE on */
} Compilation;

Compilation compilation_new(void);
void compilation_free(Compilation *c);

/* THE PIPELINE. False when the file cannot be read or has errors: they have been printed to stderr. */
bool compile(Compilation *c, const Request *request);

/* The same model for another target, without more options than these: what compile() did from STEP_GRAPH on, once more.
 * False where that target cannot do it, and has said so. */
bool compile_for(const Compilation *c, const Target *target, EmitForm form, int samples, Lowering *lowering);

/* Prints the result of `step`, which must be the last one that compile() took. */
void compilation_print(Text *out, const Compilation *c, Step step);

#endif
