/* Layout: where and in which order the elements of each value lie.
 *
 * Needs: a plan with its kernels (cpu_expand).
 * Guarantees: every value that a kernel lists has a buffer, every kernel its operands and dimensions (but those that
 * depend on the number of samples in a group, which schedule.c fills in); parameters know how torch's order maps to
 * theirs.
 *
 * Images are channels-last, their channels padded to PAD, with as many zeros around them as the convolutions that read
 * them reach over the edge: kernels then need no test for bounds. */
#include "base/fail.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/parameter_layout.h"
#include "targets/cpu/winograd.h"

int64_t buffer_row(const Buffer *buffer)
{
    return (buffer->before[1] + buffer->cols + buffer->after[1]) * buffer->pitch;
}

int64_t buffer_inside(const Buffer *buffer)
{
    return buffer->before[0] * buffer_row(buffer) + buffer->before[1] * buffer->pitch;
}

int64_t element_bytes(Element element)
{
    static const int64_t sizes[] = {[ELEMENT_FLOAT] = 4, [ELEMENT_BYTE] = 1, [ELEMENT_SHORT] = 2};
    return sizes[element];
}

int64_t buffer_bytes(const Plan *plan, const Buffer *buffer)
{
    /* Kernels of a group go over all of it, though the batch ends within it. */
    int64_t instances = !buffer->per_sample            ? 1
                        : buffer->space == SPACE_BATCH ? round_up(plan->room, plan->group)
                                                       : plan->group;
    return (instances * buffer->stride + buffer->slack) * element_bytes(buffer->element);
}

int64_t divisor_below(int64_t count, int64_t multiple, int64_t most)
{
    for (int64_t divisor = most - most % multiple; divisor > 0; divisor -= multiple) {
        if (count % divisor == 0)
            return divisor;
    }
    return 0;
}

Buffer *plan_buffer(Plan *plan, Space space, Element element, const char *name)
{
    Buffer *buffer = arena_make(plan->arena, Buffer);
    buffer->id = plan->buffers.count;
    buffer->space = space;
    buffer->element = element;
    buffer->name = name;
    vec_push(plan->arena, plan->buffers, buffer);
    return buffer;
}

Buffer *plan_scratch(Plan *plan, const char *name, int64_t floats)
{
    Buffer *scratch = plan_buffer(plan, SPACE_WORKSPACE, ELEMENT_FLOAT, name);
    scratch->rows = scratch->cols = 1;
    scratch->channels = scratch->pitch = scratch->stride = round_up(floats, PAD);
    return scratch;
}

Buffer *buffer_at(const Plan *plan, const Kernel *kernel, Role role)
{
    return kernel->value[role] ? plan->buffer_of[kernel->value[role]->id] : NULL;
}

void buffer_widen(Buffer *buffer, const int64_t before[2], const int64_t after[2])
{
    for (int axis = 0; axis < 2; axis++) {
        buffer->before[axis] = before[axis] > buffer->before[axis] ? before[axis] : buffer->before[axis];
        buffer->after[axis] = after[axis] > buffer->after[axis] ? after[axis] : buffer->after[axis];
        if (buffer->before[axis] || buffer->after[axis])
            buffer->kept_zero = true;
    }
}

static int64_t gcd(int64_t a, int64_t b)
{
    return b ? gcd(b, a % b) : a;
}

GroupWindow group_window(int groups, int64_t outs_per_group, int64_t ins_per_group, int64_t inputs, int64_t pitch)
{
    int64_t together = PAD / gcd(outs_per_group, PAD); /* groups whose outputs fill whole vectors */
    if (groups > 1 && groups % together == 0 && together < groups)
        return (GroupWindow){together * outs_per_group, together * ins_per_group, together * ins_per_group,
                             (int)together};
    /* Reading the padding too makes the taps of a row one run; where most of a pixel is padding that costs more. */
    int64_t run = inputs * 4 > pitch * 3 ? pitch : inputs;
    return (GroupWindow){round_up(groups * outs_per_group, PAD), 0, run, groups};
}

GroupWindow conv_window(const Window *window, const Buffer *x, int64_t outs)
{
    return group_window(window->groups, outs / window->groups, x->channels / window->groups, x->channels, x->pitch);
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

typedef struct Layouter {
    Plan *plan;
    const Value **forward_of; /* by value id: the forward value whose gradient it is, or a part of */
    Kernel **maker_of;        /* by value id: the kernel that writes it */
} Layouter;

/* The image whose pixels and channels a value keeps: its own shape, or that of what it is a view of. */
static Shape image_shape(const Layouter *l, const Value *value)
{
    const Value *forward = l->forward_of[value->id] ? l->forward_of[value->id] : value;
    while (forward->producer->kind == OP_RESHAPE && !l->maker_of[forward->id])
        forward = forward->producer->in[0];
    /* Element-wise work on a view keeps the view's order. */
    if (op_is_elementwise(forward->producer->kind) && forward->producer->in[0]->shape.rank == 1)
        return image_shape(l, forward->producer->in[0]);
    return forward->shape;
}

/* Whether nothing reads a value's channels as vectors, so that its pixels need no padding. */
static bool read_by_number(const Layouter *l, const Value *value)
{
    for (int i = 0; i < l->plan->kernels.count; i++) {
        const Kernel *kernel = l->plan->kernels.at[i];
        for (const Role *role = kernel->roles; *role; role++) {
            bool reads = kernel->value[*role] && buffer_at(l->plan, kernel, *role) == l->plan->buffer_of[value->id];
            bool broadcast = *role == ROLE_X && (kernel->family == FAMILY_CONV || kernel->family == FAMILY_CONV_POOL ||
                                        kernel->family == FAMILY_CONV_GRAD_WEIGHT || kernel->family == FAMILY_FLATTEN ||
                                        kernel->family == FAMILY_POOL_CONV_GRAD_WEIGHT || is_winograd(kernel->family));
            if (reads && !broadcast && kernel->ops[0] != value->producer)
                return false;
        }
    }
    return true;
}

static void make_buffer(Layouter *l, const Value *value)
{
    Plan *plan = l->plan;
    Shape shape = shape_image(image_shape(l, value));
    bool arg = value->producer->kind == OP_MAX_POOL2D && value->output == 1;
    bool by_two = arg && family_pools(l->maker_of[value->id]->family);
    Element element = value->type == TYPE_F32 || value->producer->kind == OP_INPUT ? ELEMENT_FLOAT
                      : arg && !by_two                                            ? ELEMENT_SHORT
                                                                                  : ELEMENT_BYTE;
    Buffer *buffer = plan_buffer(plan, SPACE_WORKSPACE, element, value->identifier);
    buffer->value = value;
    buffer->channels = shape.dim[0];
    buffer->rows = shape.dim[1];
    buffer->cols = shape.dim[2];
    buffer->pitch = round_up(buffer->channels, PAD);
    if (value->producer->kind == OP_KEPT_STATISTICS) {
        buffer->space = SPACE_DERIVED;
        buffer->count = buffer->rows * buffer->pitch;
        vec_push(plan->arena, plan->layout->derived, buffer);
    }
    plan->buffer_of[value->id] = buffer;
}

static void make_buffers(Layouter *l)
{
    Plan *plan = l->plan;
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; *role; role++) {
            Value *value = kernel->value[*role];
            if (!value || value->parameter || plan->buffer_of[value->id])
                continue;
            /* A view shares the buffer of what it views; either end may be met first. */
            const Op *maker = value->producer;
            bool view = (maker->kind == OP_RESHAPE || maker->kind == OP_RESHAPE_GRAD) && !l->maker_of[value->id];
            if (view && plan->buffer_of[maker->in[0]->id])
                plan->buffer_of[value->id] = plan->buffer_of[maker->in[0]->id];
            else
                make_buffer(l, value);
        }
    }
    const Value *input = plan->graph->input;
    Buffer *buffer = plan->buffer_of[input->id];
    if (!buffer || buffer->channels == buffer->pitch)
        return;
    if (plan->layout->parameters.count == 0) /* the weights of another plan go with its input's pixels */
        plan->layout->input_is_packed = read_by_number(l, input);
    if (plan->layout->input_is_packed)
        buffer->pitch = buffer->channels;
    else
        buffer->kept_zero = true;
}

/* ---- Borders ----------------------------------------------------------------------------------------------------- */

static void widen_for_forward(const Window *window, Buffer *x)
{
    int64_t before[2], after[2];
    const int64_t in[2] = {x->rows, x->cols};
    for (int axis = 0; axis < 2; axis++) {
        before[axis] = window->padding[axis];
        int64_t extent = window_extent(window, axis, in[axis]);
        int64_t reach =
            (extent - 1) * window->stride[axis] + window->dilation[axis] * (window->kernel[axis] - 1) + 1;
        after[axis] = reach - window->padding[axis] - in[axis];
    }
    buffer_widen(x, before, after);
}

static void widen_borders(Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        Buffer *x = buffer_at(plan, kernel, ROLE_X);
        OpKind kind = kernel->ops[0]->kind;
        if (kind == OP_CONV2D || kind == OP_CONV2D_GRAD_WEIGHT) {
            widen_for_forward(&kernel->ops[0]->attr.window, x);
        } else if (kernel->family == FAMILY_POOL_CONV_GRAD_INPUT) {
            border_for_sparse_grad_input(kernel, buffer_at(plan, kernel, ROLE_DY), buffer_at(plan, kernel, ROLE_DX));
        } else if (op_is_transposed(kind)) {
            border_for_conv2d_grad_input(kernel, x, buffer_at(plan, kernel, ROLE_Y));
        }
    }
}

/* The pool-sparse gradient and Winograd's transforms read whole vectors, also at the end of a window's last row. */
static void leave_slack(Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        if (kernel->family != FAMILY_POOL_CONV_GRAD_WEIGHT && !is_winograd(kernel->family))
            continue;
        Buffer *x = buffer_at(plan, kernel, ROLE_X);
        if (x->pitch % PAD)
            x->slack = PAD;
    }
}

/* ---- Kernels ----------------------------------------------------------------------------------------------------- */

Operand whole(Buffer *buffer)
{
    return (Operand){.buffer = buffer};
}

Operand inside(Buffer *buffer)
{
    return (Operand){.buffer = buffer, .offset = buffer_inside(buffer)};
}

/* A pool's geometry, at the same places in the dimensions of all of them (an average's has no dilation). */
static void pool_dims(int64_t *d, const Window *w, const Buffer *in, const Buffer *out)
{
    d[MAX_POOL_rows] = out->rows;
    d[MAX_POOL_cols] = out->cols;
    d[MAX_POOL_channels] = out->pitch;
    d[MAX_POOL_in_rows] = in->rows;
    d[MAX_POOL_in_cols] = in->cols;
    d[MAX_POOL_kernel_y] = w->kernel[0];
    d[MAX_POOL_kernel_x] = w->kernel[1];
    d[MAX_POOL_stride_y] = w->stride[0];
    d[MAX_POOL_stride_x] = w->stride[1];
    d[MAX_POOL_padding_y] = w->padding[0];
    d[MAX_POOL_padding_x] = w->padding[1];
    d[MAX_POOL_dilation_y] = w->dilation[0];
    d[MAX_POOL_dilation_x] = w->dilation[1];
}

static void layout_pool_gradient(Plan *plan, Kernel *kernel)
{
    Buffer *dy = buffer_at(plan, kernel, ROLE_DY), *arg = buffer_at(plan, kernel, ROLE_ARG);
    Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    Buffer *dx = buffer_at(plan, kernel, ROLE_DX);
    int64_t *d = kernel->dim;
    kernel->operand[ROLE_DY] = inside(dy);
    kernel->operand[ROLE_Y] = y ? inside(y) : whole(NULL);
    kernel->operand[ROLE_ARG] = inside(arg);
    kernel->operand[ROLE_DX] = inside(dx);
    if (kernel->family == FAMILY_POOL_GRAD) {
        d[POOL_GRAD_channels] = dx->pitch;
        d[POOL_GRAD_in_rows] = dx->rows;
        d[POOL_GRAD_in_cols] = dx->cols;
        d[POOL_GRAD_dx_row] = buffer_row(dx);
        d[POOL_GRAD_dx_col] = dx->pitch;
        d[POOL_GRAD_dy_row] = buffer_row(dy);
        d[POOL_GRAD_dy_col] = dy->pitch;
        d[POOL_GRAD_y_row] = y ? buffer_row(y) : 0;
        d[POOL_GRAD_y_col] = y ? y->pitch : 0;
        d[POOL_GRAD_arg_row] = buffer_row(arg);
        d[POOL_GRAD_arg_col] = arg->pitch;
        set_activation(kernel, POOL_GRAD_act);
        return;
    }
    const Op *pool = kernel->value[ROLE_ARG]->producer;
    pool_dims(d, &pool->attr.window, dx, dy);
    d[MAX_POOL_GRAD_adaptive] = pool->attr.window.adaptive;
    d[MAX_POOL_GRAD_dx_row] = buffer_row(dx);
    d[MAX_POOL_GRAD_dx_col] = dx->pitch;
    d[MAX_POOL_GRAD_dy_row] = buffer_row(dy);
    d[MAX_POOL_GRAD_dy_col] = dy->pitch;
    d[MAX_POOL_GRAD_y_row] = y ? buffer_row(y) : 0;
    d[MAX_POOL_GRAD_y_col] = y ? y->pitch : 0;
    d[MAX_POOL_GRAD_arg_row] = buffer_row(arg);
    d[MAX_POOL_GRAD_arg_col] = arg->pitch;
    d[MAX_POOL_GRAD_relu] = kernel->activation != NULL;
}

static void layout_max_pool(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *y = buffer_at(plan, kernel, ROLE_Y);
    Buffer *arg = buffer_at(plan, kernel, ROLE_ARG);
    int64_t *d = kernel->dim;
    pool_dims(d, &kernel->ops[0]->attr.window, x, y);
    d[MAX_POOL_adaptive] = kernel->ops[0]->attr.window.adaptive;
    d[MAX_POOL_x_row] = buffer_row(x);
    d[MAX_POOL_x_col] = x->pitch;
    d[MAX_POOL_y_row] = buffer_row(y);
    d[MAX_POOL_y_col] = y->pitch;
    d[MAX_POOL_arg_row] = buffer_row(arg);
    d[MAX_POOL_arg_col] = arg->pitch;
    d[MAX_POOL_relu] = kernel->activation != NULL;
    kernel->operand[ROLE_X] = inside(x);
    kernel->operand[ROLE_Y] = inside(y);
    kernel->operand[ROLE_ARG] = inside(arg);
}

static void layout_average(Plan *plan, Kernel *kernel)
{
    bool gradient = kernel->family == FAMILY_AVG_POOL_GRAD;
    const Op *op = kernel->ops[gradient ? kernel->op_count - 1 : 0];
    const AveragePool *pool = &op->attr.average;
    const Role in = gradient ? ROLE_DX : ROLE_X, out = gradient ? ROLE_DY : ROLE_Y;
    Buffer *x = buffer_at(plan, kernel, in), *windows = buffer_at(plan, kernel, out);
    Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    kernel->operand[ROLE_Y] = y ? inside(y) : whole(NULL);
    kernel->operand[in] = inside(x);
    kernel->operand[out] = inside(windows);
    int64_t *d = kernel->dim;
    pool_dims(d, &pool->window, x, windows);
    d[AVG_POOL_adaptive] = pool->window.adaptive;
    d[AVG_POOL_include_pad] = pool->include_pad;
    d[AVG_POOL_divisor] = pool->divisor;
    if (gradient) {
        d[AVG_POOL_GRAD_dx_row] = buffer_row(x);
        d[AVG_POOL_GRAD_dx_col] = x->pitch;
        d[AVG_POOL_GRAD_dy_row] = buffer_row(windows);
        d[AVG_POOL_GRAD_dy_col] = windows->pitch;
        d[AVG_POOL_GRAD_y_row] = y ? buffer_row(y) : 0;
        d[AVG_POOL_GRAD_y_col] = y ? y->pitch : 0;
        d[AVG_POOL_GRAD_relu] = kernel->activation != NULL;
        return;
    }
    d[AVG_POOL_x_row] = buffer_row(x);
    d[AVG_POOL_x_col] = x->pitch;
    d[AVG_POOL_y_row] = buffer_row(y);
    d[AVG_POOL_y_col] = y->pitch;
    d[AVG_POOL_relu] = kernel->activation != NULL;
}

static void layout_kernel(Plan *plan, Kernel *kernel)
{
    switch (kernel->ops[0]->kind) { /* these have several families each */
    case OP_CONV2D:
        layout_conv2d(plan, kernel);
        return;
    case OP_CONV_TRANSPOSE2D:
    case OP_CONV2D_GRAD_INPUT:
        layout_conv2d_grad_input(plan, kernel);
        return;
    case OP_CONV2D_GRAD_WEIGHT:
        layout_conv2d_grad_weight(plan, kernel);
        return;
    case OP_LINEAR:
        layout_linear(plan, kernel);
        return;
    case OP_LINEAR_GRAD_INPUT:
        layout_linear_grad_input(plan, kernel);
        return;
    case OP_LINEAR_GRAD_WEIGHT:
        layout_linear_grad_weight(plan, kernel);
        return;
    default:
        break;
    }
    switch (kernel->family) {
    case FAMILY_GRAD_BIAS:
        layout_grad_bias(plan, kernel);
        break;
    case FAMILY_MAX_POOL:
        layout_max_pool(plan, kernel);
        break;
    case FAMILY_MAX_POOL_GRAD:
    case FAMILY_POOL_GRAD:
        layout_pool_gradient(plan, kernel);
        break;
    case FAMILY_RELU_GRAD:
        if (kernel->scope == SCOPE_BATCH)
            layout_activation_grad_parts(plan, kernel);
        else
            layout_elementwise(plan, kernel);
        break;
    case FAMILY_AVG_POOL:
    case FAMILY_AVG_POOL_GRAD:
        layout_average(plan, kernel);
        break;
    case FAMILY_MOMENTS:
    case FAMILY_NORM:
    case FAMILY_NORM_SUMS:
    case FAMILY_NORM_GRAD:
        layout_norm(plan, kernel);
        break;
    case FAMILY_SCALE:
    case FAMILY_SCALE_GRAD:
        layout_scale(plan, kernel);
        break;
    case FAMILY_RELU:
    case FAMILY_ADD:
    case FAMILY_SCALE_MASK:
        layout_elementwise(plan, kernel);
        break;
    case FAMILY_ACTIVATE:
    case FAMILY_ACTIVATE_GRAD:
        layout_activation(plan, kernel);
        break;
    case FAMILY_SOFTMAX:
    case FAMILY_SOFTMAX_GRAD:
        layout_softmax(plan, kernel);
        break;
    case FAMILY_PRELU:
    case FAMILY_PRELU_GRAD:
    case FAMILY_PRELU_GRAD_WEIGHT:
        layout_prelu(plan, kernel);
        break;
    case FAMILY_SCALE_CHANNELS:
        layout_scale_channels(plan, kernel);
        break;
    case FAMILY_FLATTEN:
    case FAMILY_UNFLATTEN:
        layout_flatten(plan, kernel);
        break;
    case FAMILY_PAD2D:
    case FAMILY_EXTEND2D:
    case FAMILY_EXTEND2D_GRAD:
        layout_pad(plan, kernel);
        break;
    case FAMILY_EMBEDDING:
    case FAMILY_EMBEDDING_BAG:
    case FAMILY_EMBEDDING_GRAD:
        layout_embedding(plan, kernel);
        break;
    case FAMILY_SWAP:
        layout_swap(plan, kernel);
        break;
    case FAMILY_UPSAMPLE2D:
    case FAMILY_UPSAMPLE2D_GRAD:
        layout_upsample(plan, kernel);
        break;
    case FAMILY_INPUT_BYTES:
    case FAMILY_INPUT_FLOATS: {
        Buffer *x = buffer_at(plan, kernel, ROLE_X);
        const int64_t dims[] = {x->rows, x->cols, x->channels, buffer_row(x), x->pitch};
        memcpy(kernel->dim, dims, sizeof dims);
        kernel->operand[ROLE_X] = inside(x);
        break;
    }
    default: /* a call */
        for (const Role *role = kernel->roles; *role; role++)
            kernel->operand[*role] = whole(buffer_at(plan, kernel, *role));
    }
}

/* Samples a multiple of some lines apart would all fall into a few sets of the cache, where a kernel goes from sample
 * to sample. */
static void spread_samples(Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; kernel->scope == SCOPE_BATCH && *role; role++) {
            Buffer *buffer = buffer_at(plan, kernel, *role);
            if (buffer && buffer->space == SPACE_WORKSPACE && buffer->stride % (8 * PAD) == 0)
                buffer->stride += PAD;
        }
    }
}

void cpu_layout(Plan *plan)
{
    const Graph *graph = plan->graph;
    size_t values = (size_t)graph->values.count;
    Layouter l = {.plan = plan};
    l.forward_of = arena_alloc(plan->arena, values * sizeof(Value *));
    l.maker_of = arena_alloc(plan->arena, values * sizeof(Kernel *));
    plan->buffer_of = arena_alloc(plan->arena, values * sizeof(Buffer *));
    for (int i = 0; i < graph->values.count; i++) {
        if (graph->values.at[i]->gradient)
            l.forward_of[graph->values.at[i]->gradient->id] = graph->values.at[i];
    }
    /* What a gradient is the sum of lies as it does. */
    for (int i = graph->values.count - 1; i >= 0; i--) {
        const Op *sum = graph->values.at[i]->producer;
        for (int k = 0; l.forward_of[i] && sum->backward && sum->kind == OP_ADD && k < 2; k++) {
            if (!l.forward_of[sum->in[k]->id])
                l.forward_of[sum->in[k]->id] = l.forward_of[i];
        }
    }
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        for (int k = 0; k < kernel->op_count; k++) {
            for (int o = 0; o < op_output_count(kernel->ops[k]->kind); o++) {
                if (kernel->ops[k]->out[o])
                    l.maker_of[kernel->ops[k]->out[o]->id] = kernel;
            }
        }
    }
    make_buffers(&l);
    widen_borders(plan);
    leave_slack(plan);
    place_parameters(plan);
    for (int i = 0; i < plan->buffers.count; i++) {
        Buffer *buffer = plan->buffers.at[i];
        int64_t rows = buffer->before[0] + buffer->rows + buffer->after[0];
        if (buffer->space == SPACE_WORKSPACE)
            buffer->stride = round_up(rows * buffer_row(buffer), PAD);
    }
    spread_samples(plan);

    /* A data gradient may need several kernels in its place: the list is built anew. */
    Kernel **kernels = plan->kernels.at;
    int count = plan->kernels.count;
    plan->kernels.at = NULL;
    plan->kernels.count = plan->kernels.capacity = 0;
    for (int i = 0; i < count; i++) {
        OpKind kind = kernels[i]->ops[0]->kind;
        bool several = op_is_transposed(kind) || kind == OP_LINEAR_GRAD_INPUT; /* they append their own */
        if (!several)
            vec_push(plan->arena, plan->kernels, kernels[i]);
        layout_kernel(plan, kernels[i]);
    }
}
