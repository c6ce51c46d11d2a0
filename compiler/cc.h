/* Cc: the emitted C to a standalone trainer, by the system's compiler. */
#ifndef NETC_CC_H
#define NETC_CC_H

#include <stdbool.h>

#include "base/arena.h"

typedef struct CcRequest {
    const char *text;     /* the C */
    const char *output;   /* path of the trainer */
    const char *compiler; /* "cc", "ccache gcc -m64"; split at blanks */
    const char *march;    /* "native"; "any": a variant for each width of vectors */
    const char *optimize; /* "-O1": where time to compile counts more than that to run; NULL: as kernels want it */
    bool whole;           /* link statically */
    bool mpi;             /* its processes share a run: the compiler is mpicc, or finds MPI by itself */
    bool keep_c;          /* leave the C beside the trainer, as OUTPUT.c */
    bool verbose;         /* print the command */
    bool wasm;            /* of cc_object: the text of a library, to a program of WebAssembly, by clang */
    const char *archive;  /* of cc_build: an archive of an object for other programs; the folder of its header */
    bool shared;          /* cc_object's own */
} CcRequest;

/* Builds the trainer in a folder of its own and puts it in its place when it is whole. False after saying on stderr
 * what went wrong. */
bool cc_build(Arena *arena, const CcRequest *request);

/* Compiles the text (EMIT_OBJECT) to a shared object that is linked with nothing, and writes its bytes to the open file
 * `to`. False after saying on stderr what went wrong. For a process of its own: a signal that ends it ends the compiler
 * and all that this has started, and nothing stays behind. */
bool cc_object(Arena *arena, const CcRequest *request, int to);

/* Kernels in CUDA C as PTX for this architecture, "compute_75", and all that are newer, by nvcc. NULL: there is no nvcc
 * here, or it fails, after saying so. */
const char *cc_ptx(Arena *arena, const char *kernels, const char *architecture);

/* What tells one compiler from another without starting it: of each of the command's words that is a program where it
 * is, its size and age. NULL: the first one is none. */
const char *cc_identity(Arena *arena, const char *compiler);

#endif
