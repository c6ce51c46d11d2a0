/* Pools: what average pools divide by. */
#ifndef NETC_GRAPH_POOL_H
#define NETC_GRAPH_POOL_H

#include "graph/graph.h"

/* What an average pool divides the sum of a window by. */
typedef enum Divisor {
    BY_A_NUMBER, /* the same one for all windows */
    BY_PIXELS,   /* by the pixels of the image that it has */
    BY_PADDED,   /* by those and the zeros around the image: a window may reach over these too */
    ADAPTIVE,    /* by its pixels, windows being as large as they need to be */
} Divisor;

Divisor average_divisor(const AveragePool *pool);

#endif
