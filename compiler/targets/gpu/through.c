/* What is computed together, so that a step is few launches.
 *
 * Forward, a kernel takes along what alone reads what it makes (passes/fuse.c, gpu_fuses). Backward it is the other way
 * round: a light gradient, as that of an activation or of a pool, is stored nowhere; the kernels that read it, of a
 * convolution's gradients say, compute its elements where they load them. And the gradient of a bias is a column of its
 * weight's. */
#include "targets/formulas.h"
#include "targets/gpu/gpu.h"

enum { MOST_READERS = 2, MOST_DEPTH = 2 };

/* ---- Forward ----------------------------------------------------------------------------------------------------- */

/* Whether a pool's windows are pairs of rows and columns, of an image that has such alone: a work item of a
 * convolution has the four pixels of one. */
static bool pools_by_two(const Op *pool)
{
    const Window *w = &pool->attr.window;
    const Shape in = shape_image(pool->in[0]->shape);
    for (int axis = 0; axis < 2; axis++)
        if (w->adaptive || w->kernel[axis] != 2 || w->stride[axis] != 2 || w->padding[axis] || w->dilation[axis] != 1 ||
            in.dim[1 + axis] % 2)
            return false;
    return true;
}

/* Whether an activation's gradient needs nothing but what comes out. */
static bool tells_its_slope(const Op *op)
{
    if (op->kind == OP_RELU)
        return true;
    const ActivationKind kind = op->attr.activation.kind;
    return kind == ACTIVATION_SIGMOID || kind == ACTIVATION_TANH || kind == ACTIVATION_LEAKY_RELU ||
           kind == ACTIVATION_HARDTANH;
}

bool gpu_fuses(const GraphKernel *kernel, const Op *op)
{
    const OpKind kind = kernel->op->kind;
    const bool product = kind == OP_CONV2D || kind == OP_CONV_TRANSPOSE2D || kind == OP_LINEAR;
    if (op->kind == OP_MAX_POOL2D)
        return kind == OP_CONV2D && pools_by_two(op);
    if (op->kind == OP_NORM)
        return product;
    if (op->kind == OP_ADD)
        return kind == OP_NORM;
    if (kind == OP_MAX_POOL2D || kind == OP_AVG_POOL2D)
        return op->kind == OP_RELU; /* their gradients know no other */
    return product || kind == OP_ADD || tells_its_slope(op);
}

/* ---- Backward ---------------------------------------------------------------------------------------------------- */

/* No pixel is in two windows. */
static bool has_windows_apart(const Window *w)
{
    for (int axis = 0; axis < 2; axis++)
        if (w->adaptive || w->kernel[axis] > w->stride[axis] || w->dilation[axis] != 1)
            return false;
    return true;
}

/* Operations of whose values an element is a few loads and as few operations, at least where may_be_through says. */
static const bool is_light[OP_COUNT] = {
    [OP_INPUT] = true,          [OP_RELU_GRAD] = true,       [OP_ACTIVATION_GRAD] = true,
    [OP_DROPOUT_GRAD] = true,   [OP_CONCAT_GRAD] = true,     [OP_DROPOUT_CHANNELS_GRAD] = true,
    [OP_PAD2D] = true,          [OP_MAX_POOL2D_GRAD] = true, [OP_AVG_POOL2D_GRAD] = true,
};

/* Operations whose kernels take what they read element by element, by its place. */
static const bool reads_elements[OP_COUNT] = {
    [OP_CONV2D] = true,         [OP_CONV2D_GRAD_INPUT] = true, [OP_CONV2D_GRAD_WEIGHT] = true,
    [OP_CONV_TRANSPOSE2D] = true,                              [OP_GRAD_BIAS] = true,
    [OP_LINEAR] = true,         [OP_LINEAR_GRAD_INPUT] = true, [OP_LINEAR_GRAD_WEIGHT] = true,
    [OP_MOMENTS] = true,        [OP_NORM_SUMS] = true,         [OP_NORM_GRAD] = true,
    [OP_NORM] = true,           [OP_RELU] = true,              [OP_RELU_GRAD] = true,
    [OP_ACTIVATION] = true,     [OP_ACTIVATION_GRAD] = true,   [OP_PRELU] = true,
    [OP_PRELU_GRAD] = true,     [OP_DROPOUT] = true,           [OP_DROPOUT_GRAD] = true,
    [OP_ADD] = true,            [OP_CONCAT_GRAD] = true,       [OP_PAD2D] = true,
    [OP_MAX_POOL2D_GRAD] = true,                               [OP_AVG_POOL2D_GRAD] = true,
};

/* Whether so few kernels read what one makes, and all by its elements, that these can do without memory of theirs. */
static bool may_be_through(const Gpu *g, const GraphKernel *kernel)
{
    const Value *made = graph_kernel_output(kernel);
    int readers = 0;
    const Op *op = kernel->op;
    if (!is_light[op->kind] || gpu_root_of(g->graph->output) == made || (op->kind == OP_INPUT && !op->attr.bytes) ||
        (op->kind == OP_ACTIVATION_GRAD && !tells_its_slope(op)) ||
        (op->kind == OP_MAX_POOL2D_GRAD && !has_windows_apart(&op->attr.window)) ||
        (op->kind == OP_AVG_POOL2D_GRAD && !has_windows_apart(&op->attr.average.window)))
        return false;
    for (int i = 0; i < g->kernels->kernels.count; i++) {
        const GraphKernel *reader = g->kernels->kernels.at[i];
        for (Role role = 0; role < ROLE_END && !g->covered[i]; role++)
            if (reader != kernel && reader->value[role] && gpu_root_of(reader->value[role]) == made &&
                reader->op->kind != OP_RESHAPE && reader->op->kind != OP_RESHAPE_GRAD) {
                if (!reads_elements[reader->op->kind])
                    return false;
                readers++;
            }
    }
    return readers > 0 && readers <= MOST_READERS;
}

static int depth_of(const Gpu *g, const GraphKernel *kernel)
{
    int depth = 0;
    for (Role role = 0; role < ROLE_END; role++) {
        const GraphKernel *maker = kernel->value[role] ? gpu_read_through(g, kernel->value[role]) : NULL;
        const int below = maker && maker != kernel ? depth_of(g, maker) : 0;
        depth = below > depth ? below : depth;
    }
    return depth + 1;
}

const GraphKernel *gpu_read_through(const Gpu *g, const Value *value)
{
    const GraphKernel *maker = kernel_that_makes(g->kernels, gpu_root_of(value));
    return maker && g->through[maker->id] && graph_kernel_output(maker) == gpu_root_of(value) ? maker : NULL;
}

/* The kernel in front of this one, of one of these kinds, that reads the same value in this role. */
static const GraphKernel *earlier(const Gpu *g, const GraphKernel *kernel, Role role, OpKind kind, OpKind other)
{
    for (int i = 0; i < kernel->id; i++) {
        const GraphKernel *before = g->kernels->kernels.at[i];
        if ((before->op->kind == kind || before->op->kind == other) && before->value[role] == kernel->value[role])
            return before;
    }
    return NULL;
}

/* A bias's gradient is made with its weight's; those of a norm of the batch with that of its statistics. */
static void find_along(Gpu *g, const GraphKernel *kernel)
{
    const OpKind kind = kernel->op->kind;
    const GraphKernel *maker = NULL;
    if (kind == OP_GRAD_BIAS)
        maker = earlier(g, kernel, ROLE_DY, OP_CONV2D_GRAD_WEIGHT, OP_LINEAR_GRAD_WEIGHT);
    else if (kind == OP_NORM_GRAD_WEIGHT || kind == OP_NORM_GRAD_BIAS)
        maker = earlier(g, kernel, ROLE_SUMS, OP_BATCH_STATISTICS_GRAD, OP_BATCH_STATISTICS_GRAD);
    const int bias = kind != OP_NORM_GRAD_WEIGHT;
    if (maker && !g->along[bias][maker->id]) {
        g->along[bias][maker->id] = kernel;
        g->covered[kernel->id] = true;
    }
}

void gpu_find_through(Gpu *g)
{
    const size_t count = (size_t)g->kernels->kernels.count + 1;
    g->through = arena_alloc(g->arena, count * sizeof *g->through);
    g->covered = arena_alloc(g->arena, count * sizeof *g->covered);
    for (int k = 0; k < 2; k++)
        g->along[k] = arena_alloc(g->arena, count * sizeof *g->along[k]);
    for (int i = 0; i < g->kernels->kernels.count; i++)
        find_along(g, g->kernels->kernels.at[i]);
    for (int i = 0; i < g->kernels->kernels.count; i++) {
        const GraphKernel *kernel = g->kernels->kernels.at[i];
        g->through[i] = may_be_through(g, kernel) && depth_of(g, kernel) <= MOST_DEPTH;
    }
}

/* ---- What a kernel's further operations do ----------------------------------------------------------------------- */

const char *gpu_activated(Gpu *g)
{
    const Op *op = g->kernel->activation;
    if (!op)
        return "";
    if (op->kind == OP_RELU)
        return "value = value <= 0 ? 0 : value;\n";
    const Activation *activation = &op->attr.activation;
    return arena_printf(g->arena, "float t = value;\nvalue = %s;\n",
                        gpu_formula(g->arena, activation_formulas[activation->kind].y, activation));
}

void gpu_set_finish(Gpu *g, const char *channel)
{
    const GraphKernel *kernel = g->kernel;
    const bool norm = kernel->op->kind == OP_NORM, pooled = kernel->op->kind == OP_CONV2D && kernel->value[ROLE_ARG];
    Text text = text_new(g->arena);
    if (!norm && kernel->value[ROLE_BIAS])
        text_printf(&text, "value += bias[%s];\n", channel);
    if (kernel->norm)
        text_printf(&text, "value = value * stats[4 * %s + 2] + stats[4 * %s + 3];\n", channel, channel);
    if (kernel->sum)
        text_add(&text, "value += b[i];\n");
    if (!pooled || kernel->activation_first)
        text_add(&text, gpu_activated(g));
    gpu_set(g, "finish", "%s", text.bytes);
}

void gpu_set_back(Gpu *g, const char *from)
{
    const Op *op = g->kernel->activation;
    if (!op)
        return;
    if (op->kind == OP_RELU_GRAD)
        gpu_set(g, "back", "d = %s <= 0 ? 0 : d;\n", from);
    else
        gpu_set(g, "back", "float t = %s;\nd *= %s;\n", from,
                arena_printf(g->arena, "(%s)", gpu_formula(g->arena,
                             activation_formulas[op->attr.activation.kind].slope, &op->attr.activation)));
}
