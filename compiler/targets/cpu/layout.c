/* Layout: where and in which order the elements of each value lie.
 *
 * Needs: a plan with its kernels (cpu_expand).
 * Guarantees: every value that a kernel lists has a buffer, every kernel its operands and dimensions (but those that
 * depend on the number of samples in a microbatch, which schedule.c fills in); parameters know how torch's order maps
 * to theirs.
 *
 * Images are channels-last, their channels padded to PAD, with as many zeros around them as the convolutions that read
 * them reach over the edge: kernels then need no test for bounds. */
#include "base/fail.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/channels.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/families/family.h"
#include "targets/cpu/parameter_layout.h"

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
    /* Kernels of a microbatch go over all of it, though the batch ends within it. */
    int64_t instances = !buffer->per_sample            ? 1
                        : buffer->space == SPACE_BATCH ? round_up(plan->capacity, plan->microbatch)
                                                       : plan->microbatch;
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
    scratch_resize(scratch, floats);
    return scratch;
}

void scratch_resize(Buffer *scratch, int64_t floats)
{
    scratch->channels = scratch->pitch = scratch->stride = round_up(floats, PAD);
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
            bool broadcast = *role == ROLE_X && family_info(kernel->family)->x_by_number;
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
    bool by_two = arg && family_info(l->maker_of[value->id]->family)->pools;
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
        buffer->space = SPACE_PACKED;
        buffer->count = buffer->rows * buffer->pitch;
        vec_push(plan->arena, plan->layout->packed, buffer);
    }
    plan->buffer_of[value->id] = buffer;
}

/* Gives a value its buffer; a view shares that of what it views. */
static void place_value(void *layouter, const Value *value)
{
    Layouter *l = layouter;
    Plan *plan = l->plan;
    const Op *maker = value->producer;
    if (plan->buffer_of[value->id])
        return;
    if ((maker->kind != OP_RESHAPE && maker->kind != OP_RESHAPE_GRAD) || l->maker_of[value->id]) {
        make_buffer(l, value);
        return;
    }
    place_value(l, maker->in[0]);
    plan->buffer_of[value->id] = plan->buffer_of[maker->in[0]->id];
}

static void make_buffers(Layouter *l)
{
    Plan *plan = l->plan;
    share_channels(plan, place_value, l);
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; *role; role++) {
            if (kernel->value[*role] && !kernel->value[*role]->parameter)
                place_value(l, kernel->value[*role]);
        }
    }
    if (plan->graph->output) /* where it is a view, no kernel has it */
        place_value(l, plan->graph->output);
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

static void widen_borders(Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        const Computed *computed = family_computed(family_info(kernel->family), kernel->op);
        if (computed && computed->border)
            computed->border(plan, kernel);
    }
}

/* What reads whole vectors does so at the end of the last row, too. */
static void leave_slack(Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        if (!family_info(kernel->family)->x_beyond)
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

void layout_call(Plan *plan, Kernel *kernel)
{
    for (const Role *role = kernel->roles; *role; role++)
        kernel->operand[*role] = whole(buffer_at(plan, kernel, *role));
}

/* Samples a multiple of some lines apart would all fall into a few sets of the cache, where a kernel goes from sample
 * to sample. */
static void spread_samples(Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        const bool goes = kernel->scope == SCOPE_BATCH && kernel->op->kind != OP_CONV2D_GRAD_WEIGHT;
        for (const Role *role = kernel->roles; goes && *role; role++) {
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
    plan->first_channel = arena_alloc(plan->arena, values * sizeof(int64_t));
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

    /* Kernels may need others beside them: the list is built anew. */
    Kernel **kernels = plan->kernels.at;
    int count = plan->kernels.count;
    plan->kernels.at = NULL;
    plan->kernels.count = plan->kernels.capacity = 0;
    for (int i = 0; i < count; i++) {
        Kernel *kernel = kernels[i];
        const FamilyInfo *info = family_info(kernel->family);
        const Computed *computed = family_computed(info, kernel->op);
        if (!computed)
            fail_bug("%s computes no %s", info->name, kernel->op->info->name);
        if (copies_nothing(plan, kernel))
            continue;
        if (!computed->in_front)
            vec_push(plan->arena, plan->kernels, kernel);
        (computed->layout ? computed->layout : info->layout)(plan, kernel);
        if (computed->in_front)
            vec_push(plan->arena, plan->kernels, kernel);
    }
}
