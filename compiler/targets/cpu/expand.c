/* Expand: makes the plan's kernels of those of the graph.
 *
 * Needs: a plan with a choice for each kernel of its KernelGraph.
 * Guarantees: each kernel that is to be made is in the plan, in the graph's order, with its family and its values in
 * the roles that the family knows. */
#include "base/fail.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/choose.h"
#include "targets/cpu/cpu.h"

/* What computes an operation, and under which roles the family knows its operands where it calls them otherwise: the
 * gradient of a convolution's input is a convolution of dy. */
typedef struct OpLowering {
    Family family;
    struct {
        Role to, from;
    } as[2];
} OpLowering;

static const OpLowering lowerings[OP_COUNT] = {
    [OP_CONV2D] = {.family = FAMILY_CONV},
    [OP_CONV_TRANSPOSE2D] = {.family = FAMILY_CONV},
    [OP_CONV2D_GRAD_INPUT] = {FAMILY_CONV, {{ROLE_X, ROLE_DY}, {ROLE_Y, ROLE_DX}}},
    [OP_CONV2D_GRAD_WEIGHT] = {.family = FAMILY_CONV_GRAD_WEIGHT},
    [OP_LINEAR] = {.family = FAMILY_CONV},
    [OP_LINEAR_GRAD_INPUT] = {FAMILY_CONV, {{ROLE_X, ROLE_DY}, {ROLE_Y, ROLE_DX}}},
    [OP_LINEAR_GRAD_WEIGHT] = {.family = FAMILY_CONV_GRAD_WEIGHT},
    [OP_GRAD_BIAS] = {.family = FAMILY_GRAD_BIAS},
    [OP_NORM_GRAD_WEIGHT] = {FAMILY_GRAD_BIAS, {{ROLE_DY, ROLE_SUMS}, {ROLE_DB, ROLE_DW}}},
    [OP_NORM_GRAD_BIAS] = {FAMILY_GRAD_BIAS, {{ROLE_DY, ROLE_SUMS}}},
    [OP_MAX_POOL2D] = {.family = FAMILY_MAX_POOL},
    [OP_MAX_POOL2D_GRAD] = {.family = FAMILY_MAX_POOL_GRAD},
    [OP_AVG_POOL2D] = {.family = FAMILY_AVG_POOL},
    [OP_AVG_POOL2D_GRAD] = {.family = FAMILY_AVG_POOL_GRAD},
    [OP_RELU] = {.family = FAMILY_RELU},
    [OP_RELU_GRAD] = {.family = FAMILY_RELU_GRAD},
    [OP_ACTIVATION] = {.family = FAMILY_ACTIVATE},
    [OP_ACTIVATION_GRAD] = {.family = FAMILY_ACTIVATE_GRAD},
    [OP_SOFTMAX] = {.family = FAMILY_SOFTMAX},
    [OP_SOFTMAX_GRAD] = {.family = FAMILY_SOFTMAX_GRAD},
    [OP_PRELU] = {.family = FAMILY_PRELU},
    [OP_PRELU_GRAD] = {.family = FAMILY_PRELU_GRAD},
    [OP_PRELU_GRAD_WEIGHT] = {.family = FAMILY_PRELU_GRAD_WEIGHT},
    [OP_ADD] = {.family = FAMILY_ADD},
    [OP_DROPOUT] = {.family = FAMILY_SCALE_MASK},
    [OP_DROPOUT_GRAD] = {FAMILY_SCALE_MASK, {{ROLE_X, ROLE_DY}, {ROLE_Y, ROLE_DX}}},
    [OP_DROPOUT_CHANNELS] = {.family = FAMILY_SCALE_CHANNELS},
    [OP_DROPOUT_CHANNELS_GRAD] = {FAMILY_SCALE_CHANNELS, {{ROLE_X, ROLE_DY}, {ROLE_Y, ROLE_DX}}},
    [OP_PAD2D] = {.family = FAMILY_PAD2D},
    [OP_EXTEND2D] = {.family = FAMILY_EXTEND2D},
    [OP_EXTEND2D_GRAD] = {.family = FAMILY_EXTEND2D_GRAD},
    [OP_UPSAMPLE2D] = {.family = FAMILY_UPSAMPLE2D},
    [OP_UPSAMPLE2D_GRAD] = {.family = FAMILY_UPSAMPLE2D_GRAD},
    [OP_SWAP] = {.family = FAMILY_SWAP},
    [OP_RESHAPE] = {.family = FAMILY_PAD2D}, /* pixels stay pixels: nothing is put around them */
    [OP_RESHAPE_GRAD] = {FAMILY_PAD2D, {{ROLE_X, ROLE_DY}, {ROLE_Y, ROLE_DX}}},
    [OP_MOMENTS] = {.family = FAMILY_MOMENTS},
    [OP_NORM] = {.family = FAMILY_NORM},
    [OP_NORM_SUMS] = {.family = FAMILY_NORM_SUMS},
    [OP_NORM_GRAD] = {.family = FAMILY_NORM_GRAD},
    [OP_SCALE] = {.family = FAMILY_SCALE},
    [OP_SCALE_GRAD] = {FAMILY_SCALE, {{ROLE_X, ROLE_DY}, {ROLE_Y, ROLE_DX}}},
    [OP_SCALE_GRAD_WEIGHT] = {.family = FAMILY_SCALE_GRAD},
    [OP_SCALE_GRAD_BIAS] = {FAMILY_SCALE_GRAD, {{ROLE_DW, ROLE_DB}}},
    [OP_EMBEDDING] = {.family = FAMILY_EMBEDDING},
    [OP_EMBEDDING_GRAD] = {.family = FAMILY_EMBEDDING_GRAD},
    [OP_INPUT] = {.family = FAMILY_INPUT_FLOATS},
    [OP_BATCH_STATISTICS] = {.family = FAMILY_CALL},
    [OP_GROUP_STATISTICS] = {.family = FAMILY_CALL},
    [OP_KEPT_STATISTICS] = {.family = FAMILY_CALL},
    [OP_INSTANCE_KEEP] = {.family = FAMILY_CALL},
    [OP_BATCH_STATISTICS_GRAD] = {.family = FAMILY_CALL},
    [OP_GROUP_STATISTICS_GRAD] = {.family = FAMILY_CALL},
    [OP_LOSS] = {.family = FAMILY_CALL},
};

/* The operands of what is a call of the runtime. */
static const Role call_roles[OP_COUNT][MAX_ROLES] = {
    [OP_BATCH_STATISTICS] = {ROLE_MOMENTS, ROLE_STATS},
    [OP_GROUP_STATISTICS] = {ROLE_MOMENTS, ROLE_STATS},
    [OP_KEPT_STATISTICS] = {ROLE_STATS},
    [OP_INSTANCE_KEEP] = {ROLE_MOMENTS, ROLE_KEPT},
    [OP_BATCH_STATISTICS_GRAD] = {ROLE_SUMS, ROLE_STATS, ROLE_DSTATS},
    [OP_GROUP_STATISTICS_GRAD] = {ROLE_SUMS, ROLE_STATS, ROLE_DSTATS},
    [OP_LOSS] = {ROLE_X, ROLE_DX},
};

static bool pools(const GraphKernel *kernel)
{
    return kernel->op->kind == OP_CONV2D && kernel->value[ROLE_ARG];
}

Family family_of(const KernelGraph *kernels, const GraphKernel *kernel)
{
    const Op *op = kernel->op;
    bool reshape = op->kind == OP_RESHAPE || op->kind == OP_RESHAPE_GRAD;
    if (pools(kernel))
        return FAMILY_CONV_POOL;
    if (op->kind == OP_MAX_POOL2D_GRAD && pools(kernel_that_makes(kernels, kernel->value[ROLE_ARG])))
        return FAMILY_POOL_GRAD;
    if (op->kind == OP_INPUT && op->attr.bytes)
        return FAMILY_INPUT_BYTES;
    if (op->kind == OP_EMBEDDING && op->attr.embedding.bag)
        return FAMILY_EMBEDDING_BAG;
    if (reshape && op->out[0]->shape.rank == 1)
        return FAMILY_FLATTEN;
    if (reshape && op->in[0]->shape.rank == 1)
        return FAMILY_UNFLATTEN;
    return lowerings[op->kind].family;
}

/* The value that a family knows by `role`. */
static Value *value_as(const GraphKernel *kernel, Role role)
{
    const OpLowering *lowering = &lowerings[kernel->op->kind];
    if (kernel->norm && role == ROLE_BIAS)
        return kernel->value[ROLE_STATS];
    for (int i = 0; i < 2; i++) {
        if (lowering->as[i].to == role && role)
            return kernel->value[lowering->as[i].from];
    }
    return kernel->value[role];
}

static void absorb(Kernel *kernel, const GraphKernel *more)
{
    for (int i = 0; i < more->op_count; i++) {
        if (kernel->op_count == MAX_KERNEL_OPS)
            fail_bug("more than %d operations in %s", MAX_KERNEL_OPS, kernel->name);
        kernel->ops[kernel->op_count++] = more->ops[i];
    }
}

/* What the pool-sparse gradients have of the pool's gradient: its dy, and how to spread it out. */
static void read_pooled(Kernel *kernel, const Choice *choice, const GraphKernel *from)
{
    kernel->activation = choice->pool->activation;
    for (const Role *role = kernel->roles; *role; role++)
        kernel->value[*role] = from->value[*role];
    kernel->value[ROLE_DY] = choice->pool->value[ROLE_DY];
    kernel->value[ROLE_Y] = choice->pool->value[ROLE_Y];
    kernel->value[ROLE_ARG] = choice->pool->value[ROLE_ARG];
    if (choice->bias) {
        kernel->value[ROLE_DB] = choice->bias->value[ROLE_DB];
        absorb(kernel, choice->bias);
    }
    if (choice->ends_pool)
        absorb(kernel, choice->pool);
}

static void make_kernel(Plan *plan, const GraphKernel *from, const Choice *choice)
{
    Kernel *kernel = arena_make(plan->arena, Kernel);
    kernel->id = plan->kernels.count;
    kernel->name = from->name;
    kernel->stage = from->stage;
    kernel->op = from->op;
    absorb(kernel, from);
    kernel->activation = from->activation;
    kernel->act_first = from->activation_first;
    kernel->norm = from->norm;
    kernel_set_family(kernel, choice->family);
    if (choice->family == FAMILY_CALL) {
        kernel->roles = call_roles[from->op->kind];
        for (const Role *role = kernel->roles; *role; role++)
            kernel->output = *role;
    }
    for (const Role *role = kernel->roles; *role; role++)
        kernel->value[*role] = value_as(from, *role);
    if (choice->pool)
        read_pooled(kernel, choice, from);
    kernel->scope = choice->scope;
    kernel->counts_samples = choice->counts_samples;
    if (kernel->scope == SCOPE_BATCH && choice->family == FAMILY_CALL)
        kernel->parts = kernel->across = 1;
    kernel->keeps = from->op->kind == OP_INSTANCE_KEEP;
    if (is_dropout(kernel))
        kernel->index = plan->dropout_count++;
    vec_push(plan->arena, plan->kernels, kernel);
}

void cpu_expand(Plan *plan)
{
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        if (plan->choice[kernel->id].made)
            make_kernel(plan, kernel, &plan->choice[kernel->id]);
    }
}
