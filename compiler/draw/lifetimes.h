/* Lifetimes: which memory each value takes and for how long, as a target has planned it. */
#ifndef NETC_DRAW_LIFETIMES_H
#define NETC_DRAW_LIFETIMES_H

#include "base/text.h"
#include "base/vec.h"
#include "passes/kernel_graph.h"

typedef struct Lifetime {
    const char *name, *what;    /* "conv2d_0"; "16 rows, 16 columns, ..." */
    int first, last;            /* steps between which it is alive, both included */
    int64_t offset, bytes;
    bool gradient;              /* it is the backward pass's */
} Lifetime;

/* Memory in which places are shared. */
typedef struct SharedMemory {
    const char *name;
    VEC(Lifetime) lives;
} SharedMemory;

/* A kernel of a training step, or of a forward pass. */
typedef struct LifeStep {
    const char *name;
    Stage stage;
} LifeStep;

typedef struct Lifetimes {
    const char *title;
    VEC(LifeStep) steps;
    VEC(SharedMemory) memories;
} Lifetimes;

/* The end of what is taken; and what it would be if each value had a place of its own. Bytes. */
int64_t memory_end(const SharedMemory *memory);
int64_t memory_unshared(const SharedMemory *memory);

/* An SVG picture: steps from left to right, bytes from above to below, a bar for each value. */
void lifetimes_print_svg(Text *out, const Lifetimes *lifetimes);

#endif
