/* What eager execution keeps of a step: PyTorch runs the layers one after the other, each over the whole batch, and
 * every one keeps what its gradient will be computed from (torch/csrc/autograd, derivatives.yaml). Operations tell it
 * in their rows (OpInfo.eager). Parameters, which are there in any case, are not counted. */
#ifndef NETC_GRAPH_EAGER_H
#define NETC_GRAPH_EAGER_H

#include "graph/graph.h"

typedef struct Eager {
    bool *there; /* [values] those that are kept */
    int64_t sample_bytes, batch_bytes; /* for each sample, and beside that */
} Eager;

/* A value is kept, for the whole batch: once, whoever keeps it. */
void eager_keep(Eager *kept, const Value *value);

/* So many floats beside that, which are no value of the graph. */
void eager_keep_floats(Eager *kept, int64_t of_sample, int64_t of_batch);

/* Of operations whose gradient is computed from the first input, or from the output. */
void eager_input(Eager *kept, const Op *op);
void eager_output(Eager *kept, const Op *op);

/* The bytes that are kept of a batch, of the graph with its backward part. */
int64_t eager_bytes(Arena *arena, const Graph *graph, int64_t batch);

#endif
