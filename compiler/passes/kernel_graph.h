/* KernelGraph: a graph as a list of kernels, each of one or a few operations that are computed together.
 *
 * It is what a target is handed: kernels over values, in an order in which values are made before they are read; the
 * batch is still a dimension. It knows nothing of vectors, threads, layouts or memory. */
#ifndef NETC_PASSES_KERNEL_GRAPH_H
#define NETC_PASSES_KERNEL_GRAPH_H

#include "graph/graph.h"

enum { MAX_KERNEL_OPS = 4 };

typedef enum Stage {
    STAGE_FORWARD,
    STAGE_LOSS,     /* the loss, and its gradient where the graph has one */
    STAGE_BACKWARD,
    STAGE_PACK,     /* of parameters alone, before there is any sample */
} Stage;

typedef struct GraphKernel {
    int id;                        /* its place in KernelGraph.kernels */
    const char *name;              /* "conv2d_0", "conv2d_0_grad_weight": a C identifier */
    Stage stage;
    const Op *op;                  /* what it is about; it is named after that */
    const Op *ops[MAX_KERNEL_OPS]; /* what it computes, first to last */
    int op_count;
    Value *value[ROLE_END];        /* its operands; NULL: none in this role. What it makes and reads itself is none */
    const Op *activation;          /* an activation among its operations, or the gradient of one; or NULL */
    bool activation_first;         /* it goes before the maximum of a pool, which is among the operations too */
    bool sum;                      /* the sum of a norm and of another value, its ROLE_B, is among them */
    bool norm;                     /* a norm of evaluation mode is among them, behind a convolution or linear layer */
} GraphKernel;

typedef struct KernelGraph {
    Arena *arena;
    const Graph *graph;
    VEC(GraphKernel *) kernels;
    GraphKernel **kernel_of; /* by operation id; NULL: there is nothing to compute (parameters, targets, tokens). The
                              * gradient of an activation is in both kernels of its norm's gradients */
} KernelGraph;

/* Whether a target computes `op` in `kernel`, which so far makes what `op` reads. */
typedef bool Fuses(const GraphKernel *kernel, const Op *op);

/* What it makes; of a pool the values, of a norm's statistics their table. */
Value *graph_kernel_output(const GraphKernel *kernel);

/* The kernel that makes `value`; NULL where none does. */
GraphKernel *kernel_that_makes(const KernelGraph *kernels, const Value *value);

/* Whether a kernel reads `value`. */
bool kernel_reads(const GraphKernel *kernel, const Value *value);

/* "CONV2D + ACTIVATION leaky_relu" */
void print_kernel_ops(Text *out, const Op *const *ops, int count);

/* Ends in fail_bug where a kernel breaks a rule: operations know a kernel that they are in; values are made before they
 * are read; operands are inputs or outputs of operations in their roles. */
void kernel_graph_verify(const KernelGraph *kernels, const char *after);

/* A line for each kernel, and one for its operands by role. */
void kernel_graph_print(Text *out, const KernelGraph *kernels);

#endif
