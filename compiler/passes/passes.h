/* The passes, in the order driver.c calls them. Each file's head says what it needs and what it guarantees. */
#ifndef NETC_PASSES_PASSES_H
#define NETC_PASSES_PASSES_H

#include "passes/kernel_graph.h"

/* Appends the backward pass: the gradient of graph->loss for every parameter. */
void pass_autodiff(Graph *graph);

/* Lets the backward pass make again what is cheaper to make than to keep. */
void pass_recompute(Graph *graph, Fuses *fuses);

/* Whether evaluation mode computes something else than the forward part of a graph: where norms go by running
 * statistics. Dropout is no such thing, since its masks can be left out. */
bool evaluation_differs(const Graph *graph);

/* Whether the forward part of a graph cannot do it at all, with training off: where norms within a sample go by running
 * statistics. */
bool evaluation_is_apart(const Graph *graph);

/* The graph of evaluation mode. */
Graph *pass_evaluation(Arena *arena, const Graph *graph);

/* Groups operations into kernels: what a target computes together. */
KernelGraph *pass_fuse(Arena *arena, const Graph *graph, Fuses *fuses);

#endif
