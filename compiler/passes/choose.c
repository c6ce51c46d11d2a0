/* Choose: which family computes each kernel.
 *
 * Needs: a plan from pass_fuse.
 * Guarantees: kernels that a faster family can compute have it, and list their values in its order; kernels whose
 * work another one took over are gone. The choice is made by shapes alone.
 *
 *     behind a 2x2 max-pool    the gradients of weights and bias straight from the pooled gradient: a quarter of the
 *                              products, and exactly the ones that are not zero
 *     3x3 and 5x5, stride 1    Winograd's transforms, forward and for the gradient of the input, where there are
 *                              channels enough; not with `precision exact`, since they round differently */
#include "passes/buffers.h"
#include "passes/passes.h"
#include "passes/winograd.h"

static bool unit_step(const Window *window)
{
    return window->stride[0] == 1 && window->stride[1] == 1 && window->groups == 1;
}

/* A convolution, forward or as a data gradient, from the shape `in` to `out` (unpooled). */
static void choose_winograd(Kernel *kernel, const Window *window, Shape in, Shape out)
{
    bool pool = kernel->family == FAMILY_CONV_POOL;
    int64_t ins = round_up(in.dim[0], PAD), outs = round_up(out.dim[0], PAD);
    if (in.dim[0] < PAD || !winograd_fits(window, out.dim[1], out.dim[2], ins, outs, pool))
        return;
    Family family = winograd_family(window, pool);
    int64_t dim[MAX_DIMS] = {
        [WINOGRAD3_rows] = out.dim[1], [WINOGRAD3_cols] = out.dim[2], [WINOGRAD3_ins] = ins, [WINOGRAD3_outs] = outs,
        [WINOGRAD3_images] = 1};
    dim[WINOGRAD3_block] = winograd_block(family, dim);
    double dense = (double)(out.dim[1] * out.dim[2] * outs * in.dim[0]) * window->kernel[0] * window->kernel[1];
    if (winograd_cost(family, dim) < dense)
        kernel->family = family;
}

static void choose_transform(Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    if (kernel->family != FAMILY_CONV && kernel->family != FAMILY_CONV_POOL)
        return;
    if (op->kind == OP_CONV2D) {
        choose_winograd(kernel, &op->attr.window, op->in[0]->shape, op->out[0]->shape);
    } else if (op->kind == OP_CONV2D_GRAD_INPUT) {
        Window turned = op->attr.window;
        for (int axis = 0; axis < 2; axis++)
            turned.padding[axis] = turned.dilation[axis] * (turned.kernel[axis] - 1) - turned.padding[axis];
        if (turned.padding[0] >= 0 && turned.padding[1] >= 0)
            choose_winograd(kernel, &turned, op->in[0]->shape, op->out[0]->shape);
    }
}

static Kernel *reader_of(const Plan *plan, const Value *value, Family family, int operand)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        if (kernel->family == family && kernel->value[operand] == value)
            return kernel;
    }
    return NULL;
}

static void remove_kernel(Plan *plan, const Kernel *kernel)
{
    int kept = 0;
    for (int i = 0; i < plan->kernels.count; i++) {
        if (plan->kernels.at[i] != kernel)
            plan->kernels.at[kept++] = plan->kernels.at[i];
    }
    plan->kernels.count = kept;
}

/* Lets the gradient of a weight, and of the bias beside it, read the pooled gradient in place of the one that `pool`
 * spreads out; `pool` goes where nothing else reads that. */
static void choose_sparse(Plan *plan, Kernel *pool)
{
    Value *spread = pool->value[3];
    Kernel *weight = reader_of(plan, spread, FAMILY_CONV_GRAD_WEIGHT, 1);
    if (!weight || !unit_step(&weight->ops[0]->attr.window) || weight->ops[0]->attr.window.dilation[1] != 1)
        return;
    Kernel *bias = reader_of(plan, spread, FAMILY_GRAD_BIAS, 0);
    Value *dw = weight->value[2];
    weight->family = FAMILY_POOL_CONV_GRAD_WEIGHT;
    weight->relu = pool->relu;
    weight->value[1] = pool->value[0];
    weight->value[2] = pool->value[1];
    weight->value[3] = pool->value[2];
    weight->value[4] = dw;
    weight->value[5] = bias ? bias->value[1] : NULL;
    weight->operand_count = 6;
    if (bias) {
        weight->ops[weight->op_count++] = bias->ops[0];
        remove_kernel(plan, bias);
    }
    for (int i = 0; i < plan->kernels.count; i++) {
        for (int k = 0; k < plan->kernels.at[i]->operand_count; k++) {
            if (plan->kernels.at[i] != pool && plan->kernels.at[i]->value[k] == spread)
                return;
        }
    }
    for (int k = 0; k < pool->op_count; k++)
        weight->ops[weight->op_count++] = pool->ops[k];
    remove_kernel(plan, pool);
}

void pass_choose(Plan *plan, bool exact)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        if (!exact)
            choose_transform(kernel);
        if (kernel->family == FAMILY_POOL_GRAD)
            choose_sparse(plan, kernel);
        i -= i < plan->kernels.count && plan->kernels.at[i] != kernel; /* it went */
    }
}
