/* What the CPU's kernels take in behind what they compute. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"

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

/* A depthwise tile has no pool: it does not multiply more than a pool reads. Where Winograd's tiles leave out an odd
 * last row, what they round to is another; behind ReLU, which a pool may as well come before, that was always so. */
static bool fuses_pool(const GraphKernel *kernel, const Op *pool)
{
    const Op *conv = kernel->op;
    if (conv->kind != OP_CONV2D || !pools_by_two(pool) ||
        is_depthwise(&conv->attr.window, conv->in[0]->shape, conv->out[0]->shape))
        return false;
    return !kernel->activation || kernel->activation->kind == OP_RELU || has_even_extents(pool);
}

/* Pools take in ReLU and nothing else: their gradients know what ReLU cuts off. */
static bool fuses_activation(const GraphKernel *kernel, const Op *op)
{
    if (op->kind == OP_RELU)
        return true;
    const Activation *activation = &op->attr.activation;
    bool padded = shape_image(op->in[0]->shape).dim[0] % PAD != 0; /* what pads the channels has to stay 0 */
    bool pool = kernel->op->kind == OP_MAX_POOL2D || kernel->op->kind == OP_AVG_POOL2D;
    return !pool && activation_fuses(activation->kind) && !(activation->moves_zero && padded);
}

bool cpu_fuses(const GraphKernel *kernel, const Op *op)
{
    if (op->kind == OP_MAX_POOL2D)
        return fuses_pool(kernel, op);
    if (op->kind == OP_ADD)
        return kernel->op->kind == OP_NORM;
    return op->kind == OP_NORM || fuses_activation(kernel, op);
}
