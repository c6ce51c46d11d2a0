/* Fuse: groups operations into kernels.
 *
 * Needs: a verified graph, with its backward part when there is a loss.
 * Guarantees: every operation that computes something belongs to exactly one kernel, or is a view; kernels stand in an
 * order in which values are made before they are used; kernel->value[] holds the values in the order of the family's
 * parameters. A value that no kernel lists is never stored:
 *
 *     Conv2d, ReLU, MaxPool2d(2)      one kernel; only the pooled values and which element won are stored
 *     Conv2d, MaxPool2d(2), ReLU      the same kernel: both orders give the same numbers
 *     Conv2d, ReLU     Linear, ReLU   one kernel
 *     BatchNorm2d, ReLU               one kernel; the ReLU's gradient goes along with both passes of the norm's
 *     the sum of a Residual, ReLU     one kernel
 *     LeakyReLU, ReLU6, Hardtanh      as ReLU, before the pool of even extents, whose gradient theirs goes along with
 *     Hardswish, Hardsigmoid          likewise behind a norm; elsewhere in evaluation, or where nothing learns
 *     Conv2d, BatchNorm2d, ...        in evaluation the same kernels as without the norm, and so for Linear
 *     MaxPool2d's gradient and ReLU's one kernel, where their forward parts are one
 *     the loss and its gradient       one call */
#include "base/fail.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/fuser.h"
#include "targets/cpu/cpu.h"

static Op *sole_reader(const Fuser *f, const Value *value, OpKind kind)
{
    const Ops *readers = &f->readers[value->id];
    return readers->count == 1 && readers->at[0]->kind == kind ? readers->at[0] : NULL;
}

static Kernel *add_kernel(Fuser *f, Family family, const Op *op)
{
    Plan *plan = f->plan;
    Kernel *kernel = arena_make(plan->arena, Kernel);
    kernel->id = plan->kernels.count;
    kernel->family = family;
    kernel->stage = op->backward ? STAGE_BACKWARD : STAGE_FORWARD;
    kernel->name = op_identifier(plan->arena, op);
    vec_push(plan->arena, plan->kernels, kernel);
    return kernel;
}

static void absorb(Fuser *f, Kernel *kernel, const Op *op)
{
    if (kernel->op_count == MAX_KERNEL_OPS)
        fail_bug("more than %d operations in %s", MAX_KERNEL_OPS, kernel->name);
    kernel->ops[kernel->op_count++] = op;
    f->kernel_of[op->id] = kernel;
}

static void set_values(Kernel *kernel, int count, Value *const *values)
{
    for (int i = 0; i < count; i++)
        kernel->value[i] = values[i];
    kernel->operand_count = count;
}
#define values_are(kernel, ...) \
    set_values((kernel), sizeof((Value *[]){__VA_ARGS__}) / sizeof(Value *), (Value *[]){__VA_ARGS__})

static bool is_vector(const Value *value)
{
    return value->shape.rank == 1;
}

/* Whether a pool's windows are the 2x2 ones of a register tile. */
static bool pools_by_two(const Op *pool)
{
    const Window *w = &pool->attr.window;
    const Shape *in = &pool->in[0]->shape, *out = &pool->out[0]->shape;
    for (int axis = 0; axis < 2; axis++) {
        if (w->adaptive || w->kernel[axis] != 2 || w->stride[axis] != 2 || w->padding[axis] || w->dilation[axis] != 1 ||
            out->dim[1 + axis] != in->dim[1 + axis] / 2)
            return false;
    }
    return true;
}

static bool has_even_extents(const Op *pool)
{
    const Shape *in = &pool->in[0]->shape;
    return in->dim[1] % 2 == 0 && in->dim[2] % 2 == 0;
}

/* The pool that may be fused behind `activation`, so that what goes between them is never stored: everything else that
 * reads that is the activation's gradient, and it gets its dy from the pool's gradient alone. Where Winograd's tiles
 * leave out an odd last row, what they round to is another; behind ReLU, which a pool may as well come before, that was
 * always so. */
static Op *pool_behind(const Fuser *f, const Op *activation)
{
    const OpKind gradient_kind = activation->kind == OP_RELU ? OP_RELU_GRAD : OP_ACTIVATION_GRAD;
    Op *pool = NULL;
    const Op *gradient = NULL;
    const Ops *readers = &f->readers[activation->out[0]->id];
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
    if (!pool || !pools_by_two(pool) || (activation->kind != OP_RELU && !has_even_extents(pool)))
        return NULL;
    if (gradient && (gradient->in[0]->producer->kind != OP_MAX_POOL2D_GRAD ||
                     gradient->in[0]->producer->in[1] != pool->out[1] ||
                     !sole_reader(f, gradient->in[0], gradient_kind)))
        return NULL;
    return pool;
}

static void extend_name(Fuser *f, Kernel *kernel, const Op *op)
{
    kernel->name = arena_printf(f->plan->arena, "%s_%s", kernel->name, op_identifier(f->plan->arena, op));
}

/* The activation that may be fused with what makes x: the only one that reads x, which so need not be stored; or NULL.
 * Of some, in training, the gradient reads x as well, since what comes out does not tell the slope: Hardswish takes two
 * x to the same y, Hardsigmoid rounds an x below 3 to the y of 3. These stay apart, unless the gradients of what makes
 * x make it `again`. */
static Op *activation_behind(const Fuser *f, const Value *x, bool again)
{
    Op *activation = NULL;
    const Ops *readers = &f->readers[x->id];
    for (int i = 0; i < readers->count; i++) {
        Op *reader = readers->at[i];
        if (!activation && is_fused_activation(reader))
            activation = reader;
        else if (!again || !activation || reader->kind != OP_ACTIVATION_GRAD || reader->layer != activation->layer)
            return NULL;
    }
    return activation;
}

/* Takes in the activation behind y, which the kernel makes so far. Returns what it makes then. */
static Value *absorb_activation(Fuser *f, Kernel *kernel, Value *y)
{
    Op *activation = activation_behind(f, y, kernel->family == FAMILY_NORM);
    if (!activation)
        return y;
    absorb(f, kernel, activation);
    kernel->activation = activation;
    return activation->out[0];
}

/* The same for pools, whose gradients know what ReLU cuts off and nothing else. */
static Value *absorb_relu(Fuser *f, Kernel *kernel, Value *y)
{
    return sole_reader(f, y, OP_RELU) ? absorb_activation(f, kernel, y) : y;
}

/* Takes in a norm of evaluation mode that alone reads what a convolution or a linear layer makes. Returns what the
 * kernel makes; *bias: what goes for the layer's bias. */
static Value *absorb_norm(Fuser *f, Kernel *kernel, const Op *layer, Value **bias)
{
    Op *norm = sole_reader(f, layer->out[0], OP_NORM);
    *bias = layer->in[2];
    if (!norm || norm->in[3]->producer->kind != OP_KEPT_STATISTICS)
        return layer->out[0];
    absorb(f, kernel, norm);
    kernel->norm = true;
    *bias = norm->in[3];
    return norm->out[0];
}

static void fuse_conv2d(Fuser *f, Op *conv)
{
    Kernel *kernel = add_kernel(f, FAMILY_CONV, conv);
    absorb(f, kernel, conv);
    Value *bias, *y = absorb_norm(f, kernel, conv, &bias), *arg = NULL;
    Op *activation = activation_behind(f, y, false), *pool;
    if (!activation) {
        pool = sole_reader(f, y, OP_MAX_POOL2D);
    } else {
        pool = pool_behind(f, activation);
        y = absorb_activation(f, kernel, y);
    }
    /* A depthwise tile has no pool: it does not multiply more than a pool reads. */
    if (pool && pools_by_two(pool) && !is_depthwise(&conv->attr.window, conv->in[0]->shape, conv->out[0]->shape)) {
        absorb(f, kernel, pool);
        extend_name(f, kernel, pool);
        kernel->family = FAMILY_CONV_POOL;
        y = pool->out[0];
        arg = pool->out[1];
        /* Which of a window's elements is the largest may be told before ReLU as behind it, since the gradient is 0
         * where that made them alike. */
        kernel->act_first = activation && activation->kind != OP_RELU;
        if (!activation)
            y = absorb_activation(f, kernel, y);
    }
    if (arg)
        values_are(kernel, conv->in[0], conv->in[1], bias, y, arg);
    else
        values_are(kernel, conv->in[0], conv->in[1], bias, y);
}

static void fuse_conv_transpose2d(Fuser *f, Op *conv)
{
    Kernel *kernel = add_kernel(f, FAMILY_CONV, conv);
    absorb(f, kernel, conv);
    Value *bias, *y = absorb_norm(f, kernel, conv, &bias);
    y = absorb_activation(f, kernel, y);
    values_are(kernel, conv->in[0], conv->in[1], bias, y);
}

/* A linear layer's kernels, whose columns are samples. */
static void over_samples(Kernel *kernel, bool linear)
{
    kernel->scope = linear ? SCOPE_GROUP : SCOPE_SAMPLE;
    kernel->counts_samples = linear;
}

static void fuse_linear(Fuser *f, Op *linear)
{
    Kernel *kernel = add_kernel(f, FAMILY_CONV, linear);
    absorb(f, kernel, linear);
    over_samples(kernel, true);
    Value *bias, *y = absorb_norm(f, kernel, linear, &bias);
    y = absorb_activation(f, kernel, y);
    values_are(kernel, linear->in[0], linear->in[1], bias, y);
}

static void fuse_add(Fuser *f, Op *add)
{
    Kernel *kernel = add_kernel(f, FAMILY_ADD, add);
    absorb(f, kernel, add);
    Value *y = absorb_activation(f, kernel, add->out[0]);
    values_are(kernel, add->in[0], add->in[1], y);
}

static void fuse_max_pool2d(Fuser *f, Op *pool)
{
    Kernel *kernel = add_kernel(f, FAMILY_MAX_POOL, pool);
    absorb(f, kernel, pool);
    Value *y = absorb_relu(f, kernel, pool->out[0]);
    values_are(kernel, pool->in[0], y, pool->out[1]);
}

static void fuse_avg_pool2d(Fuser *f, Op *pool)
{
    Kernel *kernel = add_kernel(f, FAMILY_AVG_POOL, pool);
    absorb(f, kernel, pool);
    Value *y = absorb_relu(f, kernel, pool->out[0]);
    values_are(kernel, pool->in[0], y);
}

/* `relu_grad`: the gradient of the relu fused with the pool, or NULL. */
static void fuse_avg_pool2d_grad(Fuser *f, const Op *pool_grad, const Op *relu_grad)
{
    Kernel *kernel = add_kernel(f, FAMILY_AVG_POOL_GRAD, pool_grad);
    if (relu_grad)
        absorb(f, kernel, relu_grad);
    absorb(f, kernel, pool_grad);
    kernel->activation = relu_grad;
    values_are(kernel, relu_grad ? relu_grad->in[0] : pool_grad->in[0], relu_grad ? relu_grad->in[1] : NULL,
               pool_grad->out[0]);
}

/* `pool_grad` is the pool's gradient; `relu_grad` the gradient of the relu, or another activation, that is fused with
 * the pool, or NULL. */
static void fuse_pool_gradient(Fuser *f, const Op *pool_grad, const Op *relu_grad)
{
    const Kernel *forward = f->kernel_of[pool_grad->in[1]->producer->id];
    Family family = forward->family == FAMILY_CONV_POOL ? FAMILY_POOL_GRAD : FAMILY_MAX_POOL_GRAD;
    Kernel *kernel = add_kernel(f, family, pool_grad);
    bool relu_first = relu_grad && relu_grad->in[0] == pool_grad->out[0]; /* forward: relu, then pool */
    if (relu_grad && !relu_first)
        absorb(f, kernel, relu_grad);
    absorb(f, kernel, pool_grad);
    if (relu_first)
        absorb(f, kernel, relu_grad);
    kernel->activation = relu_grad;
    Value *y = relu_grad ? forward->value[forward->family == FAMILY_CONV_POOL ? 3 : 1] : NULL;
    Value *dy = relu_grad && !relu_first ? relu_grad->in[0] : pool_grad->in[0];
    values_are(kernel, dy, y, pool_grad->in[1], relu_first ? relu_grad->out[0] : pool_grad->out[0]);
}

static bool in_pool_kernel(const Fuser *f, const Op *relu)
{
    Family family = f->kernel_of[relu->id]->family;
    return family == FAMILY_CONV_POOL || family == FAMILY_MAX_POOL;
}

/* The gradient of an activation that went into its NORM, where `dy` is that; else NULL. */
static const Op *norm_activation_grad(const Fuser *f, const Value *dy)
{
    const Op *op = dy->producer;
    if (op->kind != OP_RELU_GRAD && op->kind != OP_ACTIVATION_GRAD)
        return NULL;
    const Kernel *kernel = f->kernel_of[op->in[1]->producer->id];
    bool together = kernel && kernel->family == FAMILY_NORM && kernel->activation &&
                    kernel->activation->layer == op->layer;
    return together ? op : NULL;
}

static void fuse_norm(Fuser *f, Op *norm)
{
    Kernel *kernel = add_kernel(f, FAMILY_NORM, norm);
    absorb(f, kernel, norm);
    Value *y = absorb_activation(f, kernel, norm->out[0]);
    values_are(kernel, norm->in[0], norm->in[3], y);
}

/* NORM_SUMS or NORM_GRAD, with the gradient of an activation behind the norm. */
static void fuse_norm_grad(Fuser *f, Op *op, Family family)
{
    Kernel *kernel = add_kernel(f, family, op);
    const Op *through = norm_activation_grad(f, op->in[0]);
    if (through)
        absorb(f, kernel, through);
    absorb(f, kernel, op);
    kernel->activation = through;
    Value *dy = through ? through->in[0] : op->in[0];
    if (family == FAMILY_NORM_SUMS)
        values_are(kernel, dy, op->in[1], op->in[2], op->out[0]);
    else
        values_are(kernel, dy, op->in[1], op->in[2], op->in[3], op->out[0]);
}

/* A call about the whole batch, or about a sample. Nothing waits for what is kept of instances. */
static void fuse_statistics(Fuser *f, Op *op)
{
    Kernel *kernel = add_kernel(f, FAMILY_CALL, op);
    kernel->keeps = op->kind == OP_INSTANCE_KEEP;
    kernel->stage = kernel->keeps ? STAGE_BACKWARD : kernel->stage;
    if (kernel->keeps || op->kind == OP_BATCH_STATISTICS || op->kind == OP_BATCH_STATISTICS_GRAD) {
        kernel->scope = SCOPE_BATCH;
        kernel->parts = kernel->across = 1;
    }
    absorb(f, kernel, op);
    if (kernel->keeps || op->kind == OP_BATCH_STATISTICS || op->kind == OP_GROUP_STATISTICS)
        values_are(kernel, op->in[0], op->out[0]);
    else
        values_are(kernel, op->in[0], op->in[1], op->out[0]);
}

static void fuse_relu_grad(Fuser *f, Op *relu_grad)
{
    if (norm_activation_grad(f, relu_grad->out[0]))
        return; /* goes along with the norm's gradients */
    if (in_pool_kernel(f, relu_grad->in[1]->producer)) {
        fuse_pool_gradient(f, sole_reader(f, relu_grad->out[0], OP_MAX_POOL2D_GRAD), relu_grad);
        return;
    }
    if (f->kernel_of[relu_grad->in[1]->producer->id]->family == FAMILY_AVG_POOL) {
        fuse_avg_pool2d_grad(f, sole_reader(f, relu_grad->out[0], OP_AVG_POOL2D_GRAD), relu_grad);
        return;
    }
    Kernel *kernel = add_kernel(f, FAMILY_RELU_GRAD, relu_grad);
    absorb(f, kernel, relu_grad);
    values_are(kernel, relu_grad->in[0], relu_grad->in[1], relu_grad->out[0]);
}

static void fuse_max_pool2d_grad(Fuser *f, Op *pool_grad)
{
    Op *relu_grad = sole_reader(f, pool_grad->out[0], OP_RELU_GRAD);
    bool together = relu_grad && in_pool_kernel(f, relu_grad->in[1]->producer);
    if (f->kernel_of[pool_grad->in[1]->producer->id]->act_first)
        fuse_pool_gradient(f, pool_grad, sole_reader(f, pool_grad->out[0], OP_ACTIVATION_GRAD));
    else
        fuse_pool_gradient(f, pool_grad, together ? relu_grad : NULL);
}

static void fuse_loss(Fuser *f, Op *loss)
{
    Kernel *kernel = add_kernel(f, FAMILY_CALL, loss);
    kernel->stage = STAGE_LOSS;
    kernel->scope = SCOPE_GROUP;
    absorb(f, kernel, loss);
    Value *gradient = NULL;
    const Ops *readers = &f->readers[loss->in[0]->id];
    for (int i = 0; i < readers->count; i++) {
        if (readers->at[i]->kind == OP_LOSS_GRAD) {
            absorb(f, kernel, readers->at[i]);
            gradient = readers->at[i]->out[0];
        }
    }
    values_are(kernel, loss->in[0], gradient);
}

/* The gradient of a table is made over the whole batch, rows by rows: a slice's own would be nearly all zeros. */
static void fuse_embedding_grad(Fuser *f, Op *op)
{
    Kernel *kernel = add_kernel(f, FAMILY_EMBEDDING_GRAD, op);
    absorb(f, kernel, op);
    kernel->scope = SCOPE_BATCH;
    kernel->counts_samples = true;
    values_are(kernel, op->in[1], op->out[0]);
}

static void fuse_one(Fuser *f, Op *op)
{
    Kernel *kernel;
    switch (op->kind) {
    case OP_PARAMETER:
    case OP_TARGET:
        return;
    case OP_INPUT:
        if (op->out[0]->type == TYPE_I64)
            return; /* its readers take the numbers where the data set keeps them */
        kernel = add_kernel(f, op->attr.bytes ? FAMILY_INPUT_BYTES : FAMILY_INPUT_FLOATS, op);
        absorb(f, kernel, op);
        values_are(kernel, op->out[0]);
        return;
    case OP_CONV2D:
        fuse_conv2d(f, op);
        return;
    case OP_CONV_TRANSPOSE2D:
        fuse_conv_transpose2d(f, op);
        return;
    case OP_LINEAR:
        fuse_linear(f, op);
        return;
    case OP_MAX_POOL2D:
        fuse_max_pool2d(f, op);
        return;
    case OP_AVG_POOL2D:
        fuse_avg_pool2d(f, op);
        return;
    case OP_ADD:
        fuse_add(f, op);
        return;
    case OP_AVG_POOL2D_GRAD:
        fuse_avg_pool2d_grad(f, op, NULL);
        return;
    case OP_RELU_GRAD:
        fuse_relu_grad(f, op);
        return;
    case OP_ACTIVATION_GRAD:
        if (norm_activation_grad(f, op->out[0]))
            return;
        break;
    case OP_MAX_POOL2D_GRAD:
        fuse_max_pool2d_grad(f, op);
        return;
    case OP_NORM:
        fuse_norm(f, op);
        return;
    case OP_NORM_SUMS:
        fuse_norm_grad(f, op, FAMILY_NORM_SUMS);
        return;
    case OP_NORM_GRAD:
        fuse_norm_grad(f, op, FAMILY_NORM_GRAD);
        return;
    case OP_BATCH_STATISTICS:
    case OP_BATCH_STATISTICS_GRAD:
    case OP_GROUP_STATISTICS:
    case OP_GROUP_STATISTICS_GRAD:
    case OP_INSTANCE_KEEP:
        fuse_statistics(f, op);
        return;
    case OP_EMBEDDING:
        kernel = add_kernel(f, op->attr.embedding.bag ? FAMILY_EMBEDDING_BAG : FAMILY_EMBEDDING, op);
        absorb(f, kernel, op);
        values_are(kernel, op->in[1], op->out[0]);
        return;
    case OP_EMBEDDING_GRAD:
        fuse_embedding_grad(f, op);
        return;
    case OP_KEPT_STATISTICS:
        kernel = add_kernel(f, FAMILY_CALL, op);
        kernel->stage = STAGE_DERIVE;
        kernel->scope = SCOPE_GROUP;
        absorb(f, kernel, op);
        values_are(kernel, op->out[0]);
        return;
    case OP_LOSS:
        fuse_loss(f, op);
        return;
    default:
        break;
    }

    static const Family families[OP_COUNT] = {
        [OP_RELU] = FAMILY_RELU,
        [OP_ACTIVATION] = FAMILY_ACTIVATE,
        [OP_SOFTMAX] = FAMILY_SOFTMAX,
        [OP_SOFTMAX_GRAD] = FAMILY_SOFTMAX_GRAD,
        [OP_PRELU] = FAMILY_PRELU,
        [OP_PRELU_GRAD] = FAMILY_PRELU_GRAD,
        [OP_PRELU_GRAD_WEIGHT] = FAMILY_PRELU_GRAD_WEIGHT,
        [OP_ACTIVATION_GRAD] = FAMILY_ACTIVATE_GRAD,
        [OP_DROPOUT] = FAMILY_SCALE_MASK,
        [OP_DROPOUT_CHANNELS] = FAMILY_SCALE_CHANNELS,
        [OP_DROPOUT_CHANNELS_GRAD] = FAMILY_SCALE_CHANNELS,
        [OP_PAD2D] = FAMILY_PAD2D,
        [OP_EXTEND2D] = FAMILY_EXTEND2D,
        [OP_EXTEND2D_GRAD] = FAMILY_EXTEND2D_GRAD,
        [OP_SWAP] = FAMILY_SWAP,
        [OP_UPSAMPLE2D] = FAMILY_UPSAMPLE2D,
        [OP_UPSAMPLE2D_GRAD] = FAMILY_UPSAMPLE2D_GRAD,
        [OP_CONV2D_GRAD_INPUT] = FAMILY_CONV,
        [OP_CONV2D_GRAD_WEIGHT] = FAMILY_CONV_GRAD_WEIGHT,
        [OP_LINEAR_GRAD_INPUT] = FAMILY_CONV,
        [OP_LINEAR_GRAD_WEIGHT] = FAMILY_CONV_GRAD_WEIGHT,
        [OP_GRAD_BIAS] = FAMILY_GRAD_BIAS,
        [OP_DROPOUT_GRAD] = FAMILY_SCALE_MASK,
        [OP_MOMENTS] = FAMILY_MOMENTS,
        [OP_SCALE] = FAMILY_SCALE,
        [OP_SCALE_GRAD] = FAMILY_SCALE,
        [OP_SCALE_GRAD_WEIGHT] = FAMILY_SCALE_GRAD,
        [OP_SCALE_GRAD_BIAS] = FAMILY_SCALE_GRAD,
        [OP_NORM_GRAD_WEIGHT] = FAMILY_GRAD_BIAS,
        [OP_NORM_GRAD_BIAS] = FAMILY_GRAD_BIAS,
    };
    bool reshape = op->kind == OP_RESHAPE || op->kind == OP_RESHAPE_GRAD;
    Family family = !reshape                ? families[op->kind]
                    : is_vector(op->out[0]) ? FAMILY_FLATTEN
                    : is_vector(op->in[0])  ? FAMILY_UNFLATTEN
                                            : FAMILY_PAD2D; /* pixels stay pixels: nothing is put around them */
    kernel = add_kernel(f, family, op);
    absorb(f, kernel, op);
    switch (op->kind) {
    case OP_DROPOUT:
    case OP_DROPOUT_CHANNELS:
        kernel->index = f->plan->dropout_count++;
        values_are(kernel, op->in[0], op->out[1], op->out[0]);
        break;
    case OP_PRELU_GRAD:
        values_are(kernel, op->in[0], op->in[1], op->in[2], op->out[0]);
        break;
    case OP_PRELU:
    case OP_PRELU_GRAD_WEIGHT:
    case OP_SOFTMAX_GRAD:
    case OP_ACTIVATION_GRAD:
    case OP_DROPOUT_GRAD:
    case OP_DROPOUT_CHANNELS_GRAD:
        values_are(kernel, op->in[0], op->in[1], op->out[0]);
        break;
    case OP_CONV2D_GRAD_INPUT:
    case OP_LINEAR_GRAD_INPUT:
        over_samples(kernel, op->kind == OP_LINEAR_GRAD_INPUT);
        values_are(kernel, op->in[0], op->in[1], NULL, op->out[0]);
        break;
    case OP_CONV2D_GRAD_WEIGHT:
    case OP_LINEAR_GRAD_WEIGHT:
        over_samples(kernel, op->kind == OP_LINEAR_GRAD_WEIGHT);
        values_are(kernel, op->in[1], op->in[0], op->out[0]);
        break;
    case OP_SCALE:
        values_are(kernel, op->in[0], op->in[1], op->in[2], op->out[0]);
        break;
    case OP_SCALE_GRAD:
        values_are(kernel, op->in[0], op->in[1], NULL, op->out[0]);
        break;
    case OP_SCALE_GRAD_WEIGHT:
    case OP_SCALE_GRAD_BIAS:
        values_are(kernel, op->in[0], op->in[1], op->out[0]);
        break;
    case OP_GRAD_BIAS:
        over_samples(kernel, is_vector(op->in[0]));
        values_are(kernel, op->in[0], op->out[0]);
        break;
    default:
        values_are(kernel, op->in[0], op->out[0]);
    }
}

Plan *pass_fuse(Arena *arena, const Graph *graph, Plan *training)
{
    Plan *plan = arena_make(arena, Plan);
    plan->arena = arena;
    plan->graph = graph;
    plan->training = training;
    if (training)
        training->evaluation = plan;
    Fuser f = {.plan = plan};
    f.readers = arena_alloc(arena, (size_t)graph->values.count * sizeof *f.readers);
    f.kernel_of = arena_alloc(arena, (size_t)graph->ops.count * sizeof(Kernel *));
    for (int i = 0; i < graph->ops.count; i++) {
        Op *op = graph->ops.at[i];
        for (int k = 0; k < op_input_count(op->kind); k++) {
            if (op->in[k])
                vec_push(arena, f.readers[op->in[k]->id], op);
        }
    }
    for (int i = 0; i < graph->ops.count; i++) {
        Op *op = graph->ops.at[i];
        if (!f.kernel_of[op->id] && !is_view(&f, op))
            fuse_one(&f, op);
    }
    return plan;
}
