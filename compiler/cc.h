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
    bool whole;           /* link statically */
    bool keep_c;          /* leave the C beside the trainer, as OUTPUT.c */
    bool verbose;         /* print the command */
} CcRequest;

/* Builds the trainer in a folder of its own and puts it in its place when it is whole. False after saying on stderr
 * what went wrong. */
bool cc_build(Arena *arena, const CcRequest *request);

#endif
