/* The passes, in the order driver.c calls them. Each file's head says what it needs and what it guarantees. */
#ifndef NETC_PASSES_PASSES_H
#define NETC_PASSES_PASSES_H

#include "graph/graph.h"

/* Appends the backward pass: the gradient of graph->loss for every parameter. */
void pass_autodiff(Graph *graph);

/* Lets the backward pass make again what is cheaper to make than to keep. `fuses`: whether the target computes an
 * activation in the kernel that makes its input. */
void pass_recompute(Graph *graph, bool (*fuses)(const Op *activation));

/* The graph of evaluation mode, where it is another one than the forward part of this one; else NULL. */
Graph *pass_evaluation(Arena *arena, const Graph *graph);

#endif
