/* Choose: how a batch is shared out, and which family computes each kernel.
 *
 * Needs: a plan from pass_fuse.
 * Guarantees: each kernel has its scope; the group and the slice are set; kernels that a faster family can compute have
 * it, and list their values in its order; kernels whose work another one took over are gone. Everything is chosen by
 * shapes alone, never by the machine, so that the same .net file gives the same C.
 *
 *     linear layers with       over the whole batch, part by part: no slice reads all the weights for a few samples, or
 *     many weights             has a gradient as large; not where evaluation needs larger batches as a whole
 *
 *     behind a 2x2 max-pool    the gradients of weights, bias and input straight from the pooled gradient: a quarter of
 *                              the products, and exactly the ones that are not zero
 *     a group a channel        kernels whose lanes are channels, which multiply by no zeros between the groups
 *     evaluation               as in training, where it has a plan of its own
 *     3x3 and 5x5, stride 1    Winograd's transforms, forward and for both gradients, where there are channels enough
 *                              and that is the fastest; not with `precision exact`, since they round differently */
#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/winograd.h"

static bool unit_step(const Window *window)
{
    return window->stride[0] == 1 && window->stride[1] == 1 && window->groups == 1;
}

enum {
    GROUP_SAMPLES = 8,              /* linear layers want a few samples at a time, caches want few; */
    LARGE_GROUP = 32,               /* but where layers with few pixels have as many weights as */
    HEAVY_WEIGHTS = 1 << 20,        /* this, what a group reads most of is weights */
    MAX_SLICES = 8,                 /* threads that can work at once */
    SLICED_FLOATS = 32 << 20,       /* gradients of all slices together, at most */
    CACHED_WEIGHTS = 128 << 10,     /* floats of transformed weights that a core's cache holds for the next sample */
    MANY_WEIGHTS = 128 << 10,       /* floats of a linear layer's weights, to go over the whole batch at once; */
    SOME_WEIGHTS = 16 << 10,        /* or these, */
    LEFT_BEHIND = 8,                /* if they are as many times what a sample has left behind in front of the layer */
    FAR_WEIGHTS = 64 << 10,         /* floats of a convolution's weights that don't stay in a core's cache; */
    FEW_PIXELS = 64,                /* pixels of an output: no more pay for fetching such weights */
};

/* Whether a linear layer's weights are many. Values that go from sweep to sweep leave the cache, weights that every
 * group reads need it: where an image is large, only large weights are worth it. */
static bool many_weights(const Plan *plan, const Kernel *linear)
{
    int64_t weights = shape_count(linear->value[1]->shape), left = 0;
    for (int i = 0; plan->kernels.at[i] != linear; i++) {
        const Value *made = plan->kernels.at[i]->value[kernel_output(plan->kernels.at[i])];
        left += made ? shape_count(made->shape) : 0;
    }
    return weights >= MANY_WEIGHTS || (weights >= SOME_WEIGHTS && weights >= LEFT_BEHIND * left);
}

/* Whether the linear layer with this weight, or this gradient of one, goes over the whole batch. */
static bool over_batch(const Plan *plan, const Value *weight)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        if (kernel->ops[0]->kind == OP_LINEAR && (kernel->value[1] == weight || kernel->value[1]->gradient == weight))
            return kernel->scope == SCOPE_BATCH;
    }
    return false;
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

static const Kernel *maker_of(const Plan *plan, const Value *value)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (int k = 0; k < kernel->op_count; k++) {
            if (kernel->ops[k]->out[0] == value)
                return kernel;
        }
    }
    return NULL;
}

/* The kernels of a linear layer with many weights go over the whole batch, part by part: a slice would read all of them
 * for a few samples, and have a gradient as large. An activation's gradient goes along with the part it reads. */
static void choose_scope(const Plan *plan, Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    bool many = false;
    switch (op->kind) {
    case OP_LINEAR:
        many = many_weights(plan, kernel);
        break;
    case OP_LINEAR_GRAD_INPUT:
        many = over_batch(plan, op->in[1]);
        break;
    case OP_LINEAR_GRAD_WEIGHT:
        many = over_batch(plan, op->out[0]);
        break;
    case OP_GRAD_BIAS: {
        const Kernel *weight = reader_of(plan, op->in[0], FAMILY_CONV_GRAD_WEIGHT, 1);
        many = weight && weight->ops[0]->kind == OP_LINEAR_GRAD_WEIGHT && over_batch(plan, weight->ops[0]->out[0]);
        break;
    }
    case OP_RELU_GRAD:
    case OP_ACTIVATION_GRAD: {
        const Kernel *dy = maker_of(plan, op->in[0]), *y = maker_of(plan, op->in[1]);
        many = dy && dy->scope == SCOPE_BATCH && dy->ops[0]->kind == OP_LINEAR_GRAD_INPUT && kernel->op_count == 1 &&
               y && y->ops[0]->kind == OP_LINEAR &&
               (kernel->family == FAMILY_RELU_GRAD || kernel->family == FAMILY_ACTIVATE_GRAD);
        break;
    }
    default:
        break;
    }
    if (many)
        kernel->scope = SCOPE_BATCH;
}

/* Floats of the gradients that each slice has of its own. */
static int64_t sliced_floats(const Plan *plan)
{
    int64_t floats = 0;
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (int k = 0; kernel->scope != SCOPE_BATCH && k < kernel->op_count; k++) {
            const Value *made = kernel->ops[k]->out[0];
            floats += made && made->parameter ? shape_count(made->shape) : 0;
        }
    }
    return floats;
}

/* Whether a convolution's weights are more than a core's cache holds, and used for few pixels of a sample: image's. */
static bool is_heavy(const Value *weights, const Value *image)
{
    const Shape pixels = shape_image(image->shape);
    return shape_count(weights->shape) >= FAR_WEIGHTS && pixels.dim[1] * pixels.dim[2] <= FEW_PIXELS;
}

static int group_samples(const Plan *plan)
{
    int64_t heavy = 0;
    for (int i = 0; i < plan->graph->ops.count; i++) {
        const Op *op = plan->graph->ops.at[i];
        if (op->kind == OP_CONV2D && op->attr.window.groups == 1 && is_heavy(op->in[1], op->out[0]))
            heavy += shape_count(op->in[1]->shape);
    }
    return heavy < HEAVY_WEIGHTS ? GROUP_SAMPLES : LARGE_GROUP;
}

/* A slice is a whole number of groups; there are at most MAX_SLICES of them, fewer where their gradients are many. */
static void share_batch(Plan *plan, int batch_size)
{
    int64_t floats = sliced_floats(plan);
    int slices = MAX_SLICES;
    while (slices > 1 && slices * floats > SLICED_FLOATS)
        slices /= 2;
    int samples = (batch_size + slices - 1) / slices;
    plan->batch = batch_size;
    plan->group = group_samples(plan);
    if (plan->group > samples)
        plan->group = samples;
    plan->slice = (int)round_up(samples, plan->group);
}

/* What a pixel of `value` takes in memory: all but the network's input are padded. */
static int64_t pixel_floats(const Plan *plan, const Value *value)
{
    int64_t channels = value->shape.dim[0];
    return value == plan->graph->input ? channels : round_up(channels, PAD);
}

/* The time that `family` takes for a convolution of `in` over `images` images to a shape `out` (unpooled), as a share
 * of a dense kernel's. */
static double winograd_share(const Plan *plan, Family family, const Window *window, const Value *in, Shape out,
                             int images)
{
    int64_t dim[MAX_DIMS] = {0};
    bool gradient = family == FAMILY_WINOGRAD3_GRAD_WEIGHT || family == FAMILY_WINOGRAD5_GRAD_WEIGHT;
    dim[WINOGRAD3_rows] = out.dim[1];
    dim[WINOGRAD3_cols] = out.dim[2];
    dim[WINOGRAD3_ins] = pixel_floats(plan, in);
    dim[WINOGRAD3_outs] = round_up(out.dim[0], PAD);
    dim[gradient ? (int)WINOGRAD3_GRAD_WEIGHT_images : (int)WINOGRAD3_images] = images;
    dim[WINOGRAD3_block] = winograd_block(family, dim);
    double taps = window->kernel[0] * window->kernel[1];
    double dense = images * (double)(out.dim[1] * out.dim[2]) * (double)(dim[WINOGRAD3_outs] * in->shape.dim[0]) * taps;
    return winograd_cost(family, dim) / dense;
}

/* A convolution, forward or as a data gradient. Where its weights are too many to stay in a core's cache from one
 * sample to the next, a call goes over the whole group. */
static void choose_winograd(const Plan *plan, Kernel *kernel, const Window *window, const Value *in, Shape out)
{
    bool pool = kernel->family == FAMILY_CONV_POOL;
    int64_t outs = round_up(out.dim[0], PAD);
    if (!winograd_fits(window, out.dim[1], out.dim[2], outs, pool))
        return;
    Family family = winograd_family(window, pool);
    bool many = winograd_weights(family, pixel_floats(plan, in), outs) > CACHED_WEIGHTS;
    if (winograd_share(plan, family, window, in, out, many ? plan->group : 1) >= 1)
        return;
    kernel->family = family;
    kernel->scope = many ? SCOPE_GROUP : SCOPE_SAMPLE;
}

/* The gradient of the weights, over the whole group: what it costs to transform the sum is paid once. `share`: the time
 * of the kernel that it has to beat, as a share of a dense one's. */
static bool choose_winograd_gradient(const Plan *plan, Kernel *kernel, double share)
{
    const Window *window = &kernel->ops[0]->attr.window;
    const Value *x = kernel->value[0];
    Shape dy = shape_image(kernel->value[1]->shape);
    Family family = window->kernel[0] == 3 ? FAMILY_WINOGRAD3_GRAD_WEIGHT : FAMILY_WINOGRAD5_GRAD_WEIGHT;
    if (!winograd_fits(window, dy.dim[1], dy.dim[2], round_up(dy.dim[0], PAD), false) ||
        winograd_share(plan, family, window, x, dy, plan->group) >= share)
        return false;
    kernel->family = family;
    kernel->scope = SCOPE_GROUP;
    kernel->counts_samples = true;
    return true;
}

/* The window that a data gradient sees: a convolution of dy. */
static Window turned_window(const Window *window)
{
    Window turned = *window;
    for (int axis = 0; axis < 2; axis++)
        turned.padding[axis] = turned.dilation[axis] * (turned.kernel[axis] - 1) - turned.padding[axis];
    return turned;
}

static void choose_transform(const Plan *plan, Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    if (kernel->family == FAMILY_CONV_GRAD_WEIGHT && op->kind == OP_CONV2D_GRAD_WEIGHT)
        choose_winograd_gradient(plan, kernel, 1);
    if (kernel->family != FAMILY_CONV && kernel->family != FAMILY_CONV_POOL)
        return;
    if (op->kind == OP_CONV2D) {
        choose_winograd(plan, kernel, &op->attr.window, op->in[0], shape_image(op->out[0]->shape));
    } else if (op_is_transposed(op->kind)) {
        Window turned = turned_window(&op->attr.window);
        if (turned.padding[0] >= 0 && turned.padding[1] >= 0)
            choose_winograd(plan, kernel, &turned, op->in[0], shape_image(op->out[0]->shape));
    }
}

/* A convolution in as many groups as channels: forward, and both of its gradients. */
static void choose_depthwise(Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    bool conv = op->kind == OP_CONV2D || op_is_transposed(op->kind);
    if (conv && kernel->family == FAMILY_CONV && is_depthwise(&op->attr.window, op->in[0]->shape, op->out[0]->shape))
        kernel->family = FAMILY_DEPTHWISE;
    if (op->kind == OP_CONV2D_GRAD_WEIGHT && kernel->family == FAMILY_CONV_GRAD_WEIGHT &&
        is_depthwise(&op->attr.window, op->in[0]->shape, op->in[1]->shape))
        kernel->family = FAMILY_DEPTHWISE_GRAD_WEIGHT;
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

/* The gradient of the input, where Winograd's transforms do not make it or would make it mostly of padding. It reads
 * the weights in the order that the pool-sparse gradient of the weights gives them. */
static void choose_sparse_input(const Plan *plan, const Kernel *pool, bool exact)
{
    Kernel *input = reader_of(plan, pool->value[3], FAMILY_CONV, 0);
    if (!input || input->ops[0]->kind != OP_CONV2D_GRAD_INPUT)
        return;
    const Op *op = input->ops[0];
    Shape dx = shape_image(op->out[0]->shape);
    Window turned = turned_window(&op->attr.window);
    if (!exact && dx.dim[0] >= PAD && turned.padding[0] >= 0 && turned.padding[1] >= 0 &&
        winograd_fits(&turned, dx.dim[1], dx.dim[2], round_up(dx.dim[0], PAD), false))
        return;
    input->family = FAMILY_POOL_CONV_GRAD_INPUT;
    input->activation = pool->activation;
    input->value[3] = op->in[1];
    input->value[4] = op->out[0];
    for (int k = 0; k < 3; k++)
        input->value[k] = pool->value[k];
    input->operand_count = 5;
}

/* Lets the gradient of a weight, and of the bias beside it, read the pooled gradient in place of the one that `pool`
 * spreads out, unless Winograd's transforms are faster still; `pool` goes where nothing else reads that. */
static void choose_sparse(Plan *plan, Kernel *pool, bool exact)
{
    const double sparse_share = 0.4; /* measured: a quarter of the products, of weights that stay in registers less */
    Value *spread = pool->value[3];
    if (pool->activation && pool->activation->kind != OP_RELU_GRAD)
        return; /* nothing is cut off; and the gradients' sums stay those of a pool that is not fused */
    Kernel *weight = reader_of(plan, spread, FAMILY_CONV_GRAD_WEIGHT, 1);
    if (!weight || !unit_step(&weight->ops[0]->attr.window) || weight->ops[0]->attr.window.dilation[1] != 1)
        return;
    if (!exact && choose_winograd_gradient(plan, weight, sparse_share))
        return;
    Kernel *bias = reader_of(plan, spread, FAMILY_GRAD_BIAS, 0);
    Value *dw = weight->value[2];
    weight->family = FAMILY_POOL_CONV_GRAD_WEIGHT;
    weight->activation = pool->activation;
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
    choose_sparse_input(plan, pool, exact);
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

/* A convolution that the transforms don't pay for, with many weights for few pixels: over the group, which then fetches
 * the weights once, or adds to their gradient once. */
static void choose_group(Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    bool gradient = kernel->family == FAMILY_CONV_GRAD_WEIGHT;
    if ((!gradient && kernel->family != FAMILY_CONV && kernel->family != FAMILY_CONV_POOL) || kernel_is_linear(kernel))
        return;
    if (!is_heavy(kernel->value[gradient ? 2 : 1], gradient ? kernel->value[1] : op->out[0]))
        return;
    kernel->scope = SCOPE_GROUP;
    kernel->counts_samples = true;
}

/* Whether a norm's statistics are those of the batch in evaluation too. */
static bool tests_whole_batches(const Plan *plan)
{
    for (int i = 0; i < plan->graph->ops.count; i++) {
        const Op *op = plan->graph->ops.at[i];
        if (op->kind == OP_BATCH_STATISTICS && !op->in[3])
            return true;
    }
    return false;
}

/* In evaluation a layer is computed as in training, from the same weights; a pool may have come to it. */
static void choose_as(Kernel *kernel, const Kernel *training)
{
    kernel->scope = training->scope;
    kernel->counts_samples = training->counts_samples;
    if (kernel->family == FAMILY_CONV && training->family == FAMILY_DEPTHWISE)
        kernel->family = FAMILY_DEPTHWISE;
    if ((kernel->family == FAMILY_CONV || kernel->family == FAMILY_CONV_POOL) && is_winograd(training->family))
        kernel->family = winograd_family(&kernel->ops[0]->attr.window, kernel->family == FAMILY_CONV_POOL);
}

static void choose_evaluation(Plan *plan)
{
    plan->batch = plan->training->batch;
    plan->group = plan->training->group;
    plan->slice = plan->training->slice;
    plan->room = plan->training->room;
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        const Op *origin = kernel->ops[0]->origin;
        if (origin->kind == OP_CONV2D || origin->kind == OP_CONV_TRANSPOSE2D || origin->kind == OP_LINEAR)
            choose_as(kernel, maker_of(plan->training, origin->out[0]));
    }
}

void cpu_choose(Plan *plan, int batch_size, int test_size, bool exact)
{
    if (plan->training) {
        choose_evaluation(plan);
        return;
    }
    plan->room = tests_whole_batches(plan) && test_size > batch_size ? test_size : batch_size;
    for (int i = 0; i < plan->kernels.count && plan->room == batch_size; i++)
        choose_scope(plan, plan->kernels.at[i]);
    share_batch(plan, batch_size);
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        choose_depthwise(kernel);
        if (!exact)
            choose_transform(plan, kernel);
        if (kernel->family == FAMILY_POOL_GRAD)
            choose_sparse(plan, kernel, exact);
        i -= i < plan->kernels.count && plan->kernels.at[i] != kernel; /* it went */
    }
    for (int i = 0; i < plan->kernels.count; i++)
        choose_group(plan->kernels.at[i]);
}
