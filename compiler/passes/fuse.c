/* Fuse: groups operations into kernels.
 *
 * Needs: a verified graph, with its backward part when there is a loss.
 * Guarantees: a KernelGraph in which every operation that computes something belongs to a kernel. A value that no
 * kernel lists is never stored. What the target computes together it says itself (Fuses); of the CPU's:
 *
 *     Conv2d, ReLU, MaxPool2d(2)      one kernel; only the pooled values and which element won are stored
 *     Conv2d, MaxPool2d(2), ReLU      the same kernel: both orders give the same numbers
 *     Conv2d, ReLU     Linear, ReLU   one kernel
 *     BatchNorm2d, ReLU               one kernel; the ReLU's gradient goes along with both passes of the norm's
 *     the sum of a Residual, ReLU     one kernel; with the norm in front of it, where that is the last of what it adds
 *     LeakyReLU, ReLU6, Hardtanh      as ReLU, before the pool of even extents, whose gradient theirs goes along with
 *     Hardswish, Hardsigmoid          likewise behind a norm; elsewhere in evaluation, or where nothing learns
 *     Conv2d, BatchNorm2d, ...        in evaluation the same kernels as without the norm, and so for Linear
 *     MaxPool2d's gradient and ReLU's one kernel, where their forward parts are one
 *     the loss and its gradient       one kernel, whatever the target */
#include "base/fail.h"
#include "graph/op.h"
#include "passes/passes.h"

typedef VEC(Op *) Ops;

typedef struct Fuser {
    KernelGraph *kernels;
    Fuses *fuses;
    Ops *readers; /* by value id */
} Fuser;

/* Whether a value must be stored, whoever reads it: the log shows it. In training nobody looks. */
static bool is_shown(const Fuser *f, const Value *value)
{
    return value->shown && f->kernels->graph->evaluates;
}

static Op *sole_reader(const Fuser *f, const Value *value, OpKind kind)
{
    const Ops *readers = &f->readers[value->id];
    const bool sole = readers->count == 1 && readers->at[0]->kind == kind && !is_shown(f, value);
    return sole ? readers->at[0] : NULL;
}

static void absorb(Fuser *f, GraphKernel *kernel, const Op *op)
{
    if (kernel->op_count == MAX_KERNEL_OPS)
        fail_bug("more than %d operations in %s", MAX_KERNEL_OPS, kernel->name);
    kernel->ops[kernel->op_count++] = op;
    f->kernels->kernel_of[op->id] = kernel;
}

/* A kernel about `op`, which may not be the first of its operations: nothing is absorbed yet. */
static GraphKernel *add_kernel(Fuser *f, const Op *op)
{
    KernelGraph *kernels = f->kernels;
    GraphKernel *kernel = arena_make(kernels->arena, GraphKernel);
    kernel->id = kernels->kernels.count;
    kernel->op = op;
    kernel->stage = op->backward ? STAGE_BACKWARD : STAGE_FORWARD;
    kernel->name = op_identifier(kernels->arena, op);
    vec_push(kernels->arena, kernels->kernels, kernel);
    return kernel;
}

/* A kernel that begins with `op`, and has its inputs and outputs for operands. */
static GraphKernel *begin_kernel(Fuser *f, const Op *op)
{
    GraphKernel *kernel = add_kernel(f, op);
    absorb(f, kernel, op);
    for (int k = 0; k < op_input_count(op->kind); k++)
        kernel->value[op->info->in[k].role] = op->in[k];
    for (int k = 0; k < op_output_count(op->kind); k++)
        kernel->value[op->info->out[k].role] = op->out[k];
    return kernel;
}

/* ---- Forward ----------------------------------------------------------------------------------------------------- */

/* The activation that may be fused with what `kernel` makes so far, x: the only one that reads x, which so need not be
 * stored; or NULL. Of some, in training, the gradient reads x as well, since what comes out does not tell the slope:
 * Hardswish takes two x to the same y, Hardsigmoid rounds an x below 3 to the y of 3. These stay apart, but behind a
 * norm, whose gradients make x again. */
static Op *activation_behind(const Fuser *f, const GraphKernel *kernel, const Value *x)
{
    Op *activation = NULL;
    const bool again = kernel->op->kind == OP_NORM && !kernel->sum;
    const Ops *readers = &f->readers[x->id];
    if (is_shown(f, x))
        return NULL;
    for (int i = 0; i < readers->count; i++) {
        Op *reader = readers->at[i];
        bool activates = reader->kind == OP_RELU || reader->kind == OP_ACTIVATION;
        if (!activation && activates && f->fuses(kernel, reader))
            activation = reader;
        else if (!again || !activation || reader->kind != OP_ACTIVATION_GRAD || reader->layer != activation->layer)
            return NULL;
    }
    return activation;
}

/* Takes in the activation behind what the kernel makes so far. */
static void absorb_activation(Fuser *f, GraphKernel *kernel)
{
    Op *activation = activation_behind(f, kernel, kernel->value[ROLE_Y]);
    if (!activation)
        return;
    absorb(f, kernel, activation);
    kernel->activation = activation;
    kernel->value[ROLE_Y] = activation->out[0];
}

/* Takes in a norm of evaluation mode that alone reads what a convolution or a linear layer makes. */
static void absorb_norm(Fuser *f, GraphKernel *kernel)
{
    Op *norm = sole_reader(f, kernel->value[ROLE_Y], OP_NORM);
    if (!norm || op_in(norm, ROLE_STATS)->producer->kind != OP_KEPT_STATISTICS || !f->fuses(kernel, norm))
        return;
    absorb(f, kernel, norm);
    kernel->norm = true;
    kernel->value[ROLE_STATS] = op_in(norm, ROLE_STATS);
    kernel->value[ROLE_Y] = norm->out[0];
}

/* The pool that may be fused behind `activation`, so that what goes between them is never stored: everything else that
 * reads that is the activation's gradient, and it gets its dy from the pool's gradient alone. */
static Op *pool_behind(const Fuser *f, const Op *activation)
{
    const OpKind gradient_kind = activation->kind == OP_RELU ? OP_RELU_GRAD : OP_ACTIVATION_GRAD;
    Op *pool = NULL;
    const Op *gradient = NULL;
    const Ops *readers = &f->readers[activation->out[0]->id];
    if (is_shown(f, activation->out[0]))
        return NULL;
    for (int i = 0; i < readers->count; i++) {
        Op *reader = readers->at[i];
        if (reader->kind == OP_MAX_POOL2D && !pool)
            pool = reader;
        else if (reader->kind == gradient_kind && !gradient && reader->in[1] == activation->out[0] &&
                 reader->layer == activation->layer)
            gradient = reader;
        else
            return NULL;
    }
    if (pool && gradient &&
        (gradient->in[0]->producer->kind != OP_MAX_POOL2D_GRAD ||
         gradient->in[0]->producer->in[1] != op_out(pool, ROLE_ARG) || !sole_reader(f, gradient->in[0], gradient_kind)))
        return NULL;
    return pool;
}

/* Takes in the pool behind what the kernel makes so far. */
static bool absorb_pool(Fuser *f, GraphKernel *kernel)
{
    Op *pool = kernel->activation ? pool_behind(f, kernel->activation)
                                  : sole_reader(f, kernel->value[ROLE_Y], OP_MAX_POOL2D);
    if (!pool || !f->fuses(kernel, pool))
        return false;
    absorb(f, kernel, pool);
    kernel->name = arena_printf(f->kernels->arena, "%s_%s", kernel->name, op_identifier(f->kernels->arena, pool));
    kernel->value[ROLE_Y] = op_out(pool, ROLE_Y);
    kernel->value[ROLE_ARG] = op_out(pool, ROLE_ARG);
    return true;
}

static void fuse_conv2d(Fuser *f, const Op *conv)
{
    GraphKernel *kernel = begin_kernel(f, conv);
    absorb_norm(f, kernel);
    absorb_activation(f, kernel);
    bool activated = kernel->activation != NULL;
    if (!absorb_pool(f, kernel))
        return;
    /* Which of a window's elements is the largest may be told before ReLU as behind it, since the gradient is 0 where
     * that made them alike. */
    kernel->activation_first = activated && kernel->activation->kind != OP_RELU;
    if (!activated)
        absorb_activation(f, kernel);
}

/* A transposed convolution, or a linear layer. */
static void fuse_product(Fuser *f, const Op *op)
{
    GraphKernel *kernel = begin_kernel(f, op);
    absorb_norm(f, kernel);
    absorb_activation(f, kernel);
}

/* A pool or a sum. */
static void fuse_activated(Fuser *f, const Op *op)
{
    absorb_activation(f, begin_kernel(f, op));
}

/* Takes in the sum that alone reads what a norm makes, where what is added to it is there already. */
static void absorb_sum(Fuser *f, GraphKernel *kernel)
{
    const Value *y = kernel->value[ROLE_Y];
    const Op *sum = sole_reader(f, y, OP_ADD);
    if (!sum || !f->fuses(kernel, sum))
        return;
    Value *other = sum->in[sum->in[0] == y];
    if (!kernel_that_makes(f->kernels, other))
        return;
    absorb(f, kernel, sum);
    kernel->sum = true;
    kernel->value[ROLE_B] = other;
    kernel->value[ROLE_Y] = sum->out[0];
}

static void fuse_norm(Fuser *f, const Op *norm)
{
    GraphKernel *kernel = begin_kernel(f, norm);
    absorb_sum(f, kernel);
    absorb_activation(f, kernel);
}

static void fuse_table(Fuser *f, const Op *op)
{
    begin_kernel(f, op)->stage = STAGE_PACK;
}

/* Nothing waits for what is kept of instances. */
static void fuse_keep(Fuser *f, const Op *op)
{
    begin_kernel(f, op)->stage = STAGE_BACKWARD;
}

static void fuse_loss(Fuser *f, const Op *loss)
{
    GraphKernel *kernel = begin_kernel(f, loss);
    kernel->stage = STAGE_LOSS;
    const Ops *readers = &f->readers[loss->in[0]->id];
    for (int i = 0; i < readers->count; i++) {
        if (readers->at[i]->kind == OP_LOSS_GRAD) {
            absorb(f, kernel, readers->at[i]);
            kernel->value[ROLE_DX] = readers->at[i]->out[0];
        }
    }
}

/* Tokens need no kernel: their readers take the numbers where the data set keeps them. */
static void fuse_input(Fuser *f, const Op *input)
{
    if (input->out[0]->type != TYPE_I64)
        begin_kernel(f, input);
}

/* ---- Backward ---------------------------------------------------------------------------------------------------- */

/* `relu_grad`: the gradient of the relu fused with the pool, or NULL. */
static void fuse_average_gradient(Fuser *f, const Op *pool_grad, const Op *relu_grad)
{
    GraphKernel *kernel = add_kernel(f, pool_grad);
    if (relu_grad)
        absorb(f, kernel, relu_grad);
    absorb(f, kernel, pool_grad);
    kernel->activation = relu_grad;
    kernel->value[ROLE_DY] = relu_grad ? relu_grad->in[0] : pool_grad->in[0];
    kernel->value[ROLE_Y] = relu_grad ? relu_grad->in[1] : NULL;
    kernel->value[ROLE_DX] = pool_grad->out[0];
}

/* `pool_grad` is the pool's gradient; `relu_grad` the gradient of the relu, or another activation, that is fused with
 * the pool, or NULL. */
static void fuse_pool_gradient(Fuser *f, const Op *pool_grad, const Op *relu_grad)
{
    const GraphKernel *forward = kernel_that_makes(f->kernels, op_in(pool_grad, ROLE_ARG));
    GraphKernel *kernel = add_kernel(f, pool_grad);
    bool relu_first = relu_grad && relu_grad->in[0] == pool_grad->out[0]; /* forward: relu, then pool */
    if (relu_grad && !relu_first)
        absorb(f, kernel, relu_grad);
    absorb(f, kernel, pool_grad);
    if (relu_first)
        absorb(f, kernel, relu_grad);
    kernel->activation = relu_grad;
    kernel->value[ROLE_DY] = relu_grad && !relu_first ? relu_grad->in[0] : pool_grad->in[0];
    kernel->value[ROLE_Y] = relu_grad ? forward->value[ROLE_Y] : NULL;
    kernel->value[ROLE_ARG] = op_in(pool_grad, ROLE_ARG);
    kernel->value[ROLE_DX] = relu_first ? relu_grad->out[0] : pool_grad->out[0];
}

/* Whether the kernel that computes `op` pools. */
static bool in_pool_kernel(const Fuser *f, const Op *op, OpKind pool)
{
    const GraphKernel *kernel = f->kernels->kernel_of[op->id];
    for (int i = 0; i < kernel->op_count; i++) {
        if (kernel->ops[i]->kind == pool)
            return true;
    }
    return false;
}

/* The gradient of an activation that went into its NORM, where `dy` is that; else NULL. */
static const Op *norm_activation_grad(const Fuser *f, const Value *dy)
{
    const Op *op = dy->producer;
    if (op->kind != OP_RELU_GRAD && op->kind != OP_ACTIVATION_GRAD)
        return NULL;
    const GraphKernel *kernel = kernel_that_makes(f->kernels, op->in[1]);
    bool together = kernel && kernel->op->kind == OP_NORM && !kernel->sum && kernel->activation &&
                    kernel->activation->layer == op->layer;
    return together ? op : NULL;
}

/* NORM_SUMS or NORM_GRAD, with the gradient of an activation behind the norm. */
static void fuse_norm_grad(Fuser *f, const Op *op)
{
    const Op *through = norm_activation_grad(f, op->in[0]);
    if (!through) {
        begin_kernel(f, op);
        return;
    }
    GraphKernel *kernel = add_kernel(f, op);
    absorb(f, kernel, through);
    absorb(f, kernel, op);
    kernel->activation = through;
    for (int k = 0; k < op_input_count(op->kind); k++)
        kernel->value[op->info->in[k].role] = op->in[k];
    kernel->value[ROLE_DY] = through->in[0];
    kernel->value[op->info->out[0].role] = op->out[0];
}

/* The gradient of an activation: with that of the pool or the norm that the activation went with. */
static void fuse_activation_grad(Fuser *f, const Op *op)
{
    const Op *activation = op->in[1]->producer;
    if (norm_activation_grad(f, op->out[0]))
        return; /* goes along with the norm's gradients */
    if (op->kind == OP_RELU_GRAD && in_pool_kernel(f, activation, OP_MAX_POOL2D))
        fuse_pool_gradient(f, sole_reader(f, op->out[0], OP_MAX_POOL2D_GRAD), op);
    else if (op->kind == OP_RELU_GRAD && f->kernels->kernel_of[activation->id]->op->kind == OP_AVG_POOL2D)
        fuse_average_gradient(f, sole_reader(f, op->out[0], OP_AVG_POOL2D_GRAD), op);
    else
        begin_kernel(f, op);
}

static void fuse_max_pool_grad(Fuser *f, const Op *pool_grad)
{
    const GraphKernel *forward = kernel_that_makes(f->kernels, op_in(pool_grad, ROLE_ARG));
    const Op *relu_grad = sole_reader(f, pool_grad->out[0], OP_RELU_GRAD);
    bool together = relu_grad && in_pool_kernel(f, relu_grad->in[1]->producer, OP_MAX_POOL2D);
    if (forward->activation_first)
        fuse_pool_gradient(f, pool_grad, sole_reader(f, pool_grad->out[0], OP_ACTIVATION_GRAD));
    else
        fuse_pool_gradient(f, pool_grad, together ? relu_grad : NULL);
}

static void fuse_avg_pool_grad(Fuser *f, const Op *pool_grad)
{
    fuse_average_gradient(f, pool_grad, NULL);
}

/* Parameters and targets. */
static void fuse_nothing(Fuser *f, const Op *op)
{
    (void)f, (void)op;
}

typedef void Rule(Fuser *f, const Op *op);

/* How operations are taken that more goes along with than themselves. */
static Rule *const rules[OP_COUNT] = {
    [OP_PARAMETER] = fuse_nothing,
    [OP_TARGET] = fuse_nothing,
    [OP_INPUT] = fuse_input,
    [OP_CONV2D] = fuse_conv2d,
    [OP_CONV_TRANSPOSE2D] = fuse_product,
    [OP_LINEAR] = fuse_product,
    [OP_MAX_POOL2D] = fuse_activated,
    [OP_AVG_POOL2D] = fuse_activated,
    [OP_ADD] = fuse_activated,
    [OP_NORM] = fuse_norm,
    [OP_KEPT_STATISTICS] = fuse_table,
    [OP_INSTANCE_KEEP] = fuse_keep,
    [OP_LOSS] = fuse_loss,
    [OP_RELU_GRAD] = fuse_activation_grad,
    [OP_ACTIVATION_GRAD] = fuse_activation_grad,
    [OP_MAX_POOL2D_GRAD] = fuse_max_pool_grad,
    [OP_AVG_POOL2D_GRAD] = fuse_avg_pool_grad,
    [OP_NORM_SUMS] = fuse_norm_grad,
    [OP_NORM_GRAD] = fuse_norm_grad,
};

KernelGraph *pass_fuse(Arena *arena, const Graph *graph, Fuses *fuses)
{
    KernelGraph *kernels = arena_make(arena, KernelGraph);
    *kernels = (KernelGraph){.arena = arena, .graph = graph};
    kernels->kernel_of = arena_alloc(arena, (size_t)graph->ops.count * sizeof *kernels->kernel_of);
    Fuser f = {.kernels = kernels, .fuses = fuses};
    f.readers = arena_alloc(arena, (size_t)graph->values.count * sizeof *f.readers);
    for (int i = 0; i < graph->ops.count; i++) {
        Op *op = graph->ops.at[i];
        for (int k = 0; k < op_input_count(op->kind); k++) {
            if (op->in[k])
                vec_push(arena, f.readers[op->in[k]->id], op);
        }
    }
    for (int i = 0; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        if (kernels->kernel_of[op->id])
            continue;
        if (rules[op->kind])
            rules[op->kind](&f, op);
        else
            begin_kernel(&f, op);
    }
    return kernels;
}
