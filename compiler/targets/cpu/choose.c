/* Choose: how a batch is shared out, and which family computes each kernel.
 *
 * Needs: a plan with its KernelGraph.
 * Guarantees: there is a Choice for each kernel of the graph; the microbatch and the shard are set. Everything is
 * chosen by shapes alone, never by the machine, so that the same .net file gives the same C.
 *
 *     linear layers with       over the whole batch, part by part: no shard reads all the weights for a few samples, or
 *     many weights             has a gradient as large; not where evaluation needs larger batches as a whole
 *
 *     behind a 2x2 max-pool    the gradients of weights, bias and input straight from the pooled gradient: a quarter of
 *                              the products, and exactly the ones that are not zero
 *     a group a channel        kernels whose lanes are channels, which multiply by no zeros between the groups
 *     evaluation               as in training, where there is one
 *     3x3 and 5x5, stride 1    Winograd's transforms, forward and for both gradients, where there are channels enough
 *                              and that is the fastest; where they round more than `precision` allows they are not
 *                              taken, so never with `precision exact` */
#include "targets/cpu/choose.h"

#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/families/winograd.h"
#include "targets/cpu/parameter_layout.h"
#include "targets/cpu/rounding.h"

static bool unit_step(const Window *window)
{
    return window->stride[0] == 1 && window->stride[1] == 1 && window->groups == 1;
}

enum {
    MICROBATCH_SAMPLES = 8,         /* linear layers want a few samples at a time, caches want few; */
    LARGE_MICROBATCH = 32,          /* but where layers with few pixels have as many weights as */
    HEAVY_WEIGHTS = 1 << 20,        /* this, what a microbatch reads most of is weights */
    MAX_SHARDS = 16,                /* threads that can work at once; but more than */
    FEW_SHARDS = 8,                 /* these only where each has */
    SHARD_SAMPLES = 4,              /* so many, which share the weights that they read */
    SHARDED_FLOATS = 32 << 20,      /* gradients of all shards together, at most */
    LARGE_GRADIENTS = 4 << 20,      /* of a layer in all shards: a few of these leave no memory for as many shards */
    CACHED_WEIGHTS = 128 << 10,     /* floats of transformed weights that a core's cache holds for the next sample */
    MANY_WEIGHTS = 128 << 10,       /* floats of a linear layer's weights, to go over the whole batch at once; */
    FEW_SAMPLES_WEIGHTS = 16 << 10, /* or these, in a batch of fewer samples than FEW_SHARDS; */
    SOME_WEIGHTS = 8 << 10,         /* or these, if shards would move more of them than all samples leave behind */
    FAR_WEIGHTS = 64 << 10,         /* floats of a convolution's weights that don't stay in a core's cache; */
    FEW_PIXELS = 64,                /* pixels of an output: no more pay for fetching such weights */
};

static Choice *choice_of(const Plan *plan, const GraphKernel *kernel)
{
    return &plan->choice[kernel->id];
}

/* Whether it is made over all pixels of an image, by its weights: forward, or for the gradient of its input. */
static bool is_convolution(const Op *op)
{
    return op->kind == OP_CONV2D || op_is_transposed(op->kind);
}

static int most_shards(int batch_size)
{
    if (batch_size <= FEW_SHARDS)
        return batch_size;
    const int shards = batch_size / SHARD_SAMPLES;
    return shards < FEW_SHARDS ? FEW_SHARDS : shards > MAX_SHARDS ? MAX_SHARDS : shards;
}

/* Floats that a sample leaves in front of a kernel, to be read there and by the backward pass, as long as it goes
 * through the kernels in one shard. What a kernel over the batch has read was left in any case. */
static int64_t left_behind(const Plan *plan, const GraphKernel *kernel)
{
    int64_t left = 0;
    for (int i = 0; i < kernel->id; i++) {
        const GraphKernel *before = plan->kernel_graph->kernels.at[i];
        if (choice_of(plan, before)->scope == SCOPE_BATCH)
            left = 0;
        if (choice_of(plan, before)->made)
            left += shape_count(graph_kernel_output(before)->shape);
    }
    return left;
}

/* Whether a linear layer's weights are many, so that it goes over the whole batch. In shards each microbatch reads the
 * weights and their transpose, and each shard adds to a gradient as large, which is then added up and cleared. Over the
 * batch, what samples leave behind goes to a far cache and comes back. Of few samples, parts of the weights keep more
 * threads at work. */
static bool many_weights(const Plan *plan, const GraphKernel *linear, int batch_size)
{
    const int64_t weights = shape_count(linear->value[ROLE_W]->shape), shards = most_shards(batch_size);
    const int64_t samples = (batch_size + shards - 1) / shards;
    const int64_t microbatches = shards * ((samples + MICROBATCH_SAMPLES - 1) / MICROBATCH_SAMPLES);
    if (weights >= MANY_WEIGHTS)
        return true;
    if (batch_size < FEW_SHARDS)
        return weights >= FEW_SAMPLES_WEIGHTS;
    return weights >= SOME_WEIGHTS &&
           weights * (2 * microbatches + 4 * shards) >= 2 * batch_size * left_behind(plan, linear);
}

/* Whether the linear layer with this weight, or this gradient of one, goes over the whole batch. */
static bool over_batch(const Plan *plan, const Value *weight)
{
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        const Value *w = kernel->op->kind == OP_LINEAR ? kernel->value[ROLE_W] : NULL;
        if (w && (w == weight || w->gradient == weight))
            return choice_of(plan, kernel)->scope == SCOPE_BATCH;
    }
    return false;
}

/* The kernel that makes the gradient of a weight from `dy`. */
static const GraphKernel *weight_gradient(const Plan *plan, const Value *dy)
{
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        if (choice_of(plan, kernel)->family == FAMILY_CONV_GRAD_WEIGHT && kernel->value[ROLE_DY] == dy)
            return kernel;
    }
    return NULL;
}

/* The kernels of a linear layer with many weights go over the whole batch, part by part: a shard would read all of them
 * for a few samples, and have a gradient as large. An activation's gradient goes along with the part it reads. */
static bool goes_over_batch(const Plan *plan, const GraphKernel *kernel, int batch_size)
{
    const Op *op = kernel->op;
    if (op->kind == OP_LINEAR)
        return many_weights(plan, kernel, batch_size);
    if (op->kind == OP_LINEAR_GRAD_INPUT)
        return over_batch(plan, kernel->value[ROLE_W]);
    if (op->kind == OP_LINEAR_GRAD_WEIGHT)
        return over_batch(plan, kernel->value[ROLE_DW]);
    if (op->kind == OP_GRAD_BIAS) {
        const GraphKernel *weight = weight_gradient(plan, kernel->value[ROLE_DY]);
        return weight && weight->op->kind == OP_LINEAR_GRAD_WEIGHT && over_batch(plan, weight->value[ROLE_DW]);
    }
    Family family = choice_of(plan, kernel)->family;
    if (kernel->op_count > 1 || (family != FAMILY_RELU_GRAD && family != FAMILY_ACTIVATE_GRAD))
        return false;
    const GraphKernel *dy = kernel_that_makes(plan->kernel_graph, op->in[0]);
    const GraphKernel *y = kernel_that_makes(plan->kernel_graph, op->in[1]);
    return dy && dy->op->kind == OP_LINEAR_GRAD_INPUT && choice_of(plan, dy)->scope == SCOPE_BATCH && y &&
           y->op->kind == OP_LINEAR;
}

/* Floats of the gradients that each shard has of its own. */
static int64_t sharded_floats(const Plan *plan)
{
    int64_t floats = 0;
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        for (int k = 0; choice_of(plan, kernel)->scope != SCOPE_BATCH && k < kernel->op_count; k++) {
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

static int microbatch_samples(const Plan *plan)
{
    int64_t heavy = 0;
    for (int i = 0; i < plan->graph->ops.count; i++) {
        const Op *op = plan->graph->ops.at[i];
        if (op->kind == OP_CONV2D && op->attr.window.groups == 1 && is_heavy(op->in[1], op->out[0]))
            heavy += shape_count(op->in[1]->shape);
    }
    return heavy < HEAVY_WEIGHTS ? MICROBATCH_SAMPLES : LARGE_MICROBATCH;
}

/* The one kernel that makes a parameter's gradient; NULL where several add to it. */
static const GraphKernel *only_gradient(const Plan *plan, const Value *gradient)
{
    const GraphKernel *only = NULL;
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        for (int k = 0; k < kernel->op_count; k++) {
            const Value *made = kernel->ops[k]->out[0];
            if (!made || made->parameter != gradient->parameter)
                continue;
            if (only)
                return NULL;
            only = kernel;
        }
    }
    return only;
}

/* What a pixel of `value` takes in memory: all but the network's input are padded. */
static int64_t pixel_floats(const Plan *plan, const Value *value)
{
    int64_t channels = value->shape.dim[0];
    return value == plan->graph->input ? channels : round_up(channels, PAD);
}

/* How many of a layer's inputs and outputs a part of its weights' gradient is about, where Winograd's kernel makes it
 * over the batch; nothing of both where that doesn't fit. */
static WinogradPart gradient_part(const Plan *plan, const GraphKernel *kernel, int batch_size)
{
    const Window *window = &kernel->op->attr.window;
    const Shape dy = shape_image(kernel->value[ROLE_DY]->shape);
    const int64_t outs = round_up(dy.dim[0], PAD);
    if (!winograd_fits(window, dy.dim[1], dy.dim[2], outs, false))
        return (WinogradPart){0};
    const int64_t dim[MAX_DIMS] = {[WINOGRAD3_rows] = dy.dim[1], [WINOGRAD3_cols] = dy.dim[2],
                                   [WINOGRAD3_ins] = pixel_floats(plan, kernel->value[ROLE_X]),
                                   [WINOGRAD3_outs] = outs, [WINOGRAD3_images] = batch_size,
                                   [WINOGRAD3_dilation] = window->dilation[0]};
    return winograd_part(winograd_gradient_family(window), dim, plan->most_of_part);
}

/* Floats that a kernel over the batch reads of the images and their gradients. Winograd's parts each read, and
 * transform, all that they are about: x as often as there are parts of the outputs, dy as there are of the inputs. */
static int64_t floats_over_batch(const Plan *plan, const GraphKernel *kernel, int batch_size, bool exact)
{
    const Shape x = kernel->value[ROLE_X]->shape, dy = kernel->value[ROLE_DY]->shape;
    const WinogradPart part = exact ? (WinogradPart){0} : gradient_part(plan, kernel, batch_size);
    const int64_t gradients = most_shards(batch_size) * shape_count(kernel->value[ROLE_DW]->shape);
    if (gradients > LARGE_GRADIENTS)
        return batch_size * (shape_count(x) + shape_count(dy));
    const int64_t x_readers = part.outs ? round_up(dy.dim[0], PAD) / part.outs : 1;
    const int64_t dy_readers = part.ins ? pixel_floats(plan, kernel->value[ROLE_X]) / part.ins : 1;
    return batch_size * (shape_count(x) * x_readers + shape_count(dy) * dy_readers);
}

/* Whether shards with a gradient each would move more than a kernel over the batch: shards write, read and clear a
 * gradient each; over the batch the images and their gradients are read again. */
static bool many_gradients(const Plan *plan, const GraphKernel *kernel, int batch_size, bool exact)
{
    const int64_t shards = most_shards(batch_size);
    return 2 * shards * shape_count(kernel->value[ROLE_DW]->shape) >
           floats_over_batch(plan, kernel, batch_size, exact);
}

/* Whether a convolution's weights get their gradient over the whole batch, part by part, rather than in each shard:
 * where that moves less, or where there are few shards to share out. Exact kernels behind a pool's gradient are left to
 * shards, since they multiply no zeros. */
static bool learns_over_batch(const Plan *plan, const GraphKernel *kernel, int batch_size, bool exact)
{
    const Op *op = kernel->op;
    const Choice *choice = choice_of(plan, kernel);
    if (op->kind != OP_CONV2D_GRAD_WEIGHT || choice->family != FAMILY_CONV_GRAD_WEIGHT || op->attr.window.groups > 1 ||
        !kernel->value[ROLE_DW]->parameter || only_gradient(plan, kernel->value[ROLE_DW]) != kernel)
        return false;
    const GraphKernel *maker = kernel_that_makes(plan->kernel_graph, kernel->value[ROLE_DY]);
    if (exact && maker && choice_of(plan, maker)->family == FAMILY_POOL_GRAD)
        return false;
    return batch_size < FEW_SHARDS || many_gradients(plan, kernel, batch_size, exact);
}

/* The most that a part of a gradient is to cost, in multiply-adds, as none may keep the others waiting: a share of what
 * the definition of a step has. */
static double most_of_part(const Plan *plan, int batch_size)
{
    enum { PARTS_OF_STEP = 256, PASSES = 3 }; /* forward, and for both gradients */
    double products = 0;
    for (int i = 0; i < plan->graph->ops.count; i++) {
        const Op *op = plan->graph->ops.at[i];
        if (!is_convolution(op) && op->kind != OP_LINEAR)
            continue;
        const Shape out = shape_image(op->out[0]->shape);
        const double pixels = op->kind == OP_LINEAR ? 1 : (double)(out.dim[1] * out.dim[2]);
        products += op->backward ? 0 : (double)shape_count(op->in[1]->shape) * pixels;
    }
    return PASSES * products * batch_size / PARTS_OF_STEP;
}

/* A shard is a whole number of microbatches. There are fewer shards where their gradients are many, or as many as the
 * train block says. */
static void share_batch(Plan *plan, int batch_size, int wanted)
{
    int64_t floats = sharded_floats(plan);
    int shards = wanted && wanted < batch_size ? wanted : wanted ? batch_size : most_shards(batch_size);
    while (!wanted && shards > 1 && shards * floats > SHARDED_FLOATS)
        shards /= 2;
    int samples = (batch_size + shards - 1) / shards;
    plan->batch = batch_size;
    plan->microbatch = microbatch_samples(plan);
    if (plan->microbatch > samples)
        plan->microbatch = samples;
    plan->shard = (int)round_up(samples, plan->microbatch);
}

/* Whether the sums of a faster family are within the precision that is asked for. A family that is not is remembered,
 * for --dump=choose. */
static bool is_precise(const Plan *plan, const GraphKernel *kernel, Family family, Scope scope)
{
    Choice *choice = choice_of(plan, kernel);
    const double rounding = kernel_rounding(plan, kernel, family, scope);
    if (rounding <= plan->precision)
        return true;
    choice->refused = family;
    choice->refused_rounding = rounding;
    return false;
}

/* A convolution, forward or as a data gradient. Where its weights are too many to stay in a core's cache from one
 * sample to the next, a call goes over the whole microbatch; or a part over the whole batch, since cut.c then cuts
 * along the outputs. */
static void choose_winograd(const Plan *plan, const GraphKernel *kernel, const Window *window)
{
    Choice *choice = choice_of(plan, kernel);
    const Value *in = kernel->op->in[0];
    const Shape out = shape_image(kernel->op->out[0]->shape);
    bool pool = choice->family == FAMILY_CONV_POOL;
    int64_t outs = round_up(out.dim[0], PAD);
    if (!winograd_fits(window, out.dim[1], out.dim[2], outs, pool))
        return;
    Family family = winograd_family(window, pool);
    bool many = winograd_weights(family, pixel_floats(plan, in), outs) > CACHED_WEIGHTS;
    const int images = !many ? 1 : plan->capacity == plan->batch ? plan->batch : plan->microbatch;
    const WinogradLayer layer = {window, in->shape.dim[0], pixel_floats(plan, in), out, images};
    const double packed = plan->graph->evaluates ? 0 : 1.0 / plan->batch;
    if (!winograd_pays(family, &layer, packed, op_is_transposed(kernel->op->kind)))
        return;
    const Scope scope = many ? SCOPE_MICROBATCH : SCOPE_SAMPLE;
    if (!is_precise(plan, kernel, family, scope))
        return;
    choice->family = family;
    choice->scope = scope;
    choice->counts_samples = many && plan->microbatch > 1;
}

/* The gradient of the weights, over the whole microbatch, or over the batch in parts that transform what they read
 * again: what it costs to transform the sum is paid once. `share`: the time of the kernel that it has to beat, as a
 * share of a dense one's. */
static bool choose_winograd_gradient(const Plan *plan, const GraphKernel *kernel, double share)
{
    Choice *choice = choice_of(plan, kernel);
    const Window *window = &kernel->op->attr.window;
    const Value *x = kernel->value[ROLE_X];
    Shape dy = shape_image(kernel->value[ROLE_DY]->shape);
    Family family = winograd_gradient_family(window);
    const bool in_parts = choice->scope == SCOPE_BATCH;
    int64_t ins = x->shape.dim[0], pixel = pixel_floats(plan, x);
    if (!winograd_fits(window, dy.dim[1], dy.dim[2], round_up(dy.dim[0], PAD), false))
        return false;
    if (in_parts) {
        const WinogradPart part = gradient_part(plan, kernel, plan->batch);
        ins = ins == pixel ? part.ins : ins;
        pixel = part.ins;
        dy.dim[0] = part.outs;
    }
    const Scope scope = in_parts ? SCOPE_BATCH : SCOPE_MICROBATCH;
    const WinogradLayer layer = {window, ins, pixel, dy, in_parts ? plan->batch : plan->microbatch};
    if (winograd_share(family, &layer) >= share ||
        !is_precise(plan, kernel, family, scope))
        return false;
    choice->family = family;
    choice->scope = scope;
    choice->counts_samples = true;
    return true;
}

/* The window that a data gradient sees: a convolution of dy. */
static Window transposed_window(const Window *window)
{
    Window transposed = *window;
    for (int axis = 0; axis < 2; axis++)
        transposed.padding[axis] = transposed.dilation[axis] * (transposed.kernel[axis] - 1) - transposed.padding[axis];
    return transposed;
}

static void choose_transform(const Plan *plan, const GraphKernel *kernel)
{
    Choice *choice = choice_of(plan, kernel);
    const Op *op = kernel->op;
    if (choice->family == FAMILY_CONV_GRAD_WEIGHT && op->kind == OP_CONV2D_GRAD_WEIGHT)
        choose_winograd_gradient(plan, kernel, 1);
    if (choice->family != FAMILY_CONV && choice->family != FAMILY_CONV_POOL)
        return;
    if (op->kind == OP_CONV2D) {
        choose_winograd(plan, kernel, &op->attr.window);
    } else if (op_is_transposed(op->kind)) {
        Window transposed = transposed_window(&op->attr.window);
        if (transposed.padding[0] >= 0 && transposed.padding[1] >= 0)
            choose_winograd(plan, kernel, &transposed);
    }
}

/* A convolution in as many groups as channels: forward, and both of its gradients. */
static void choose_depthwise(const Plan *plan, const GraphKernel *kernel)
{
    Choice *choice = choice_of(plan, kernel);
    const Op *op = kernel->op;
    if (is_convolution(op) && choice->family == FAMILY_CONV &&
        is_depthwise(&op->attr.window, op->in[0]->shape, op->out[0]->shape))
        choice->family = FAMILY_DEPTHWISE;
    if (op->kind == OP_CONV2D_GRAD_WEIGHT && choice->family == FAMILY_CONV_GRAD_WEIGHT &&
        is_depthwise(&op->attr.window, op->in[0]->shape, op->in[1]->shape))
        choice->family = FAMILY_DEPTHWISE_GRAD_WEIGHT;
}

/* The first convolution over `spread`, if it makes the gradient of a convolution's input. */
static const GraphKernel *input_gradient(const Plan *plan, const Value *spread)
{
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        if (choice_of(plan, kernel)->family == FAMILY_CONV && kernel->op->in[0] == spread)
            return kernel->op->kind == OP_CONV2D_GRAD_INPUT ? kernel : NULL;
    }
    return NULL;
}

/* The gradient of the input, where Winograd's transforms do not make it or would make it mostly of padding. It reads
 * the weights in the order that the pool-sparse gradient of the weights gives them. */
static void choose_sparse_input(const Plan *plan, const GraphKernel *pool)
{
    const GraphKernel *input = input_gradient(plan, pool->value[ROLE_DX]);
    if (!input)
        return;
    Shape dx = shape_image(input->value[ROLE_DX]->shape);
    Window transposed = transposed_window(&input->op->attr.window);
    if (dx.dim[0] >= PAD && transposed.padding[0] >= 0 && transposed.padding[1] >= 0 &&
        winograd_fits(&transposed, dx.dim[1], dx.dim[2], round_up(dx.dim[0], PAD), false) &&
        is_precise(plan, input, winograd_family(&transposed, false), SCOPE_SAMPLE))
        return;
    choice_of(plan, input)->family = FAMILY_POOL_CONV_GRAD_INPUT;
    choice_of(plan, input)->pool = pool;
}

/* The gradient of the bias beside that of a weight from the same `dy`. */
static const GraphKernel *bias_gradient(const Plan *plan, const Value *dy)
{
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        if (choice_of(plan, kernel)->family == FAMILY_GRAD_BIAS && kernel->op->in[0] == dy &&
            choice_of(plan, kernel)->made)
            return kernel;
    }
    return NULL;
}

/* Whether a kernel still reads what the gradient of `pool` spreads out. */
static bool is_spread(const Plan *plan, const GraphKernel *pool)
{
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        const Choice *choice = choice_of(plan, kernel);
        if (kernel != pool && choice->made && !choice->pool && kernel_reads(kernel, pool->value[ROLE_DX]))
            return true;
    }
    return false;
}

/* Lets the gradient of a weight, and of the bias beside it, read the pooled gradient in place of the one that `pool`
 * spreads out, unless Winograd's transforms are faster still; `pool` is not made where nothing else reads that. */
static void choose_sparse(Plan *plan, const GraphKernel *pool)
{
    const double sparse_share = 0.4; /* measured: a quarter of the products, of weights that stay in registers less */
    const Value *spread = pool->value[ROLE_DX];
    if (pool->activation && pool->activation->kind != OP_RELU_GRAD)
        return; /* nothing is cut off; and the gradients' sums stay those of a pool that is not fused */
    const GraphKernel *weight = weight_gradient(plan, spread);
    if (!weight || !unit_step(&weight->op->attr.window) || weight->op->attr.window.dilation[1] != 1)
        return;
    if (choose_winograd_gradient(plan, weight, sparse_share))
        return;
    Choice *choice = choice_of(plan, weight);
    choice->family = FAMILY_POOL_CONV_GRAD_WEIGHT;
    choice->pool = pool;
    if (choice->scope != SCOPE_BATCH || !many_gradients(plan, weight, plan->batch, true)) {
        choice->scope = SCOPE_SAMPLE;
        choice->counts_samples = false;
        choice->bias = bias_gradient(plan, spread);
    } /* a part over the batch makes some outputs of one gradient, so the bias has a kernel of its own */
    if (choice->bias)
        choice_of(plan, choice->bias)->made = false;
    choose_sparse_input(plan, pool);
    choice->ends_pool = !is_spread(plan, pool);
    choice_of(plan, pool)->made = !choice->ends_pool;
}

/* A convolution that the transforms don't pay for, with many weights for few pixels: over the microbatch, which then
 * fetches the weights once, or adds to their gradient once. */
static void choose_microbatch(const Plan *plan, const GraphKernel *kernel)
{
    Choice *choice = choice_of(plan, kernel);
    bool gradient = choice->family == FAMILY_CONV_GRAD_WEIGHT;
    if ((!gradient && choice->family != FAMILY_CONV && choice->family != FAMILY_CONV_POOL) || op_is_linear(kernel->op))
        return;
    if (!is_heavy(kernel->value[gradient ? ROLE_DW : ROLE_W], gradient ? kernel->value[ROLE_DY] : kernel->op->out[0]))
        return;
    if (choice->scope == SCOPE_BATCH)
        return;
    choice->scope = SCOPE_MICROBATCH;
    choice->counts_samples = true;
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

/* A layer is computed as another plan over its weights does it, in training; a pool may have come to it. */
static void choose_as(Choice *choice, const Op *op, const LayerChoice *other)
{
    choice->scope = other->scope;
    choice->counts_samples = other->counts_samples;
    if (choice->family == FAMILY_CONV && other->family == FAMILY_DEPTHWISE)
        choice->family = FAMILY_DEPTHWISE;
    if ((choice->family == FAMILY_CONV || choice->family == FAMILY_CONV_POOL) && is_winograd(other->family))
        choice->family = winograd_family(&op->attr.window, choice->family == FAMILY_CONV_POOL);
}

/* Goes by what the plan of training has chosen. */
static void adopt_choices(Plan *plan)
{
    const ParameterLayout *layout = plan->layout;
    plan->batch = layout->batch;
    plan->microbatch = layout->microbatch;
    plan->shard = layout->shard;
    plan->capacity = layout->capacity;
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        const Op *op = kernel->op;
        if (op->kind != OP_CONV2D && op->kind != OP_CONV_TRANSPOSE2D && op->kind != OP_LINEAR)
            continue;
        const LayerChoice *other = layer_choice(layout, op);
        if (other)
            choose_as(choice_of(plan, kernel), op, other);
    }
}

/* What each kernel is where nothing is chosen for it. */
static void choose_plainly(const Plan *plan, const GraphKernel *kernel)
{
    const Op *op = kernel->op;
    Choice *choice = choice_of(plan, kernel);
    choice->made = !is_view(plan, kernel);
    choice->family = family_of(plan->kernel_graph, kernel);
    if (op_is_linear(op) || (op->kind == OP_GRAD_BIAS && op->in[0]->shape.rank == 1)) { /* its columns are samples */
        choice->scope = SCOPE_MICROBATCH;
        choice->counts_samples = true;
    } else if (op->kind == OP_EMBEDDING_GRAD) { /* by rows: a shard's own gradient would be nearly all zeros */
        choice->scope = SCOPE_BATCH;
        choice->counts_samples = true;
    } else if (op->kind == OP_BATCH_STATISTICS || op->kind == OP_BATCH_STATISTICS_GRAD ||
               op->kind == OP_INSTANCE_KEEP) {
        choice->scope = SCOPE_BATCH;
    } else if (kernel->stage == STAGE_LOSS || kernel->stage == STAGE_PACK) {
        choice->scope = SCOPE_MICROBATCH;
    }
}

void cpu_choose(Plan *plan, const BatchSizes *sizes)
{
    const int batch_size = sizes->training, test_size = sizes->test;
    const bool exact = sizes->precision == 0;
    const KernelGraph *graph = plan->kernel_graph;
    plan->precision = sizes->precision;
    plan->choice = arena_alloc(plan->arena, (size_t)graph->kernels.count * sizeof *plan->choice);
    for (int i = 0; i < graph->kernels.count; i++)
        choose_plainly(plan, graph->kernels.at[i]);
    if (plan->layout->microbatch) {
        adopt_choices(plan);
        return;
    }
    plan->capacity = tests_whole_batches(plan) && test_size > batch_size ? test_size : batch_size;
    for (int i = 0; i < graph->kernels.count && plan->capacity == batch_size; i++) {
        if (goes_over_batch(plan, graph->kernels.at[i], batch_size))
            choice_of(plan, graph->kernels.at[i])->scope = SCOPE_BATCH;
    }
    plan->most_of_part = most_of_part(plan, batch_size);
    for (int i = 0; i < graph->kernels.count; i++) {
        Choice *choice = choice_of(plan, graph->kernels.at[i]);
        if (!learns_over_batch(plan, graph->kernels.at[i], batch_size, exact))
            continue;
        choice->scope = SCOPE_BATCH;
        choice->counts_samples = true;
    }
    share_batch(plan, batch_size, sizes->shards);
    for (int i = 0; i < graph->kernels.count; i++) {
        const GraphKernel *kernel = graph->kernels.at[i];
        choose_depthwise(plan, kernel);
        choose_transform(plan, kernel);
        if (choice_of(plan, kernel)->family == FAMILY_POOL_GRAD)
            choose_sparse(plan, kernel);
    }
    for (int i = 0; i < graph->kernels.count; i++)
        choose_microbatch(plan, graph->kernels.at[i]);
    parameter_layout_choose(plan->layout, plan);
}
