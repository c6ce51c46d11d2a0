/* Place: every buffer gets its place in memory.
 *
 * Needs: a scheduled plan.
 * Guarantees: two buffers of the workspace overlap only when they are never alive at the same time; parameters and
 * their gradients stand at the same offsets of their blocks, in torch's order; offsets are multiples of 64 bytes. */
#include "base/fail.h"
#include "passes/buffers.h"
#include "passes/passes.h"

enum { LINE = 64 };

/* Kernels that run sample by sample follow each other in one loop over the samples: a stretch. */
static int *stretches(const Plan *plan)
{
    int *stretch = arena_alloc(plan->arena, (size_t)plan->kernels.count * sizeof *stretch);
    for (int i = 1; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i], *before = plan->kernels.at[i - 1];
        bool same = !kernel->whole_group && !before->whole_group && kernel->stage == before->stage;
        stretch[i] = stretch[i - 1] + !same;
    }
    return stretch;
}

/* Sets first and last of each buffer, and whether it needs an instance for each sample: a value does when it is carried
 * from one stretch to another (what has no value is a kernel's scratch). Then it lives as long as those stretches,
 * since their loops go round. */
static void find_lives(Plan *plan)
{
    int *stretch = stretches(plan);
    for (int i = 0; i < plan->buffers.count; i++) {
        plan->buffers.at[i]->first = plan->kernels.count;
        plan->buffers.at[i]->last = -1;
    }
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (int k = 0; k < kernel->operand_count; k++) {
            Buffer *buffer = kernel->operand[k].buffer;
            if (!buffer || buffer->space != SPACE_WORKSPACE)
                continue;
            if (buffer->last < 0)
                buffer->first = i;
            else if (stretch[buffer->first] != stretch[i])
                buffer->per_sample = true;
            buffer->last = i;
            buffer->per_sample = buffer->per_sample || (kernel->whole_group && buffer->value);
        }
    }
    for (int i = 0; i < plan->buffers.count; i++) {
        Buffer *buffer = plan->buffers.at[i];
        if (buffer->space != SPACE_WORKSPACE || buffer->last < 0)
            continue;
        if (buffer->kept_zero) {
            buffer->first = 0;
            buffer->last = plan->kernels.count - 1;
        } else if (buffer->per_sample) {
            while (buffer->first > 0 && stretch[buffer->first - 1] == stretch[buffer->first])
                buffer->first--;
            while (buffer->last < plan->kernels.count - 1 && stretch[buffer->last + 1] == stretch[buffer->last])
                buffer->last++;
        }
    }
}

/* What the caller reads afterwards, and what the search for the first bad number reads after a forward pass. */
static void keep_output(Plan *plan)
{
    Buffer *output = plan->graph->output ? plan->buffer_of[plan->graph->output->id] : NULL;
    if (output) {
        output->per_sample = true;
        output->last = plan->kernels.count - 1;
    }
}

static bool overlap(const Buffer *a, const Buffer *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* First fit, the largest first: the lowest place where nothing that lives at the same time stands. */
static int64_t pack_workspace(Plan *plan)
{
    VEC(Buffer *) placed = {0};
    VEC(Buffer *) waiting = {0};
    for (int i = 0; i < plan->buffers.count; i++) {
        Buffer *buffer = plan->buffers.at[i];
        if (buffer->space == SPACE_WORKSPACE && buffer->last >= 0)
            vec_push(plan->arena, waiting, buffer);
    }
    int64_t total = 0;
    while (placed.count < waiting.count) {
        int largest = -1;
        for (int i = 0; i < waiting.count; i++) {
            if (waiting.at[i] && (largest < 0 || buffer_bytes(waiting.at[i], plan->group) >
                                                     buffer_bytes(waiting.at[largest], plan->group)))
                largest = i;
        }
        Buffer *buffer = waiting.at[largest];
        waiting.at[largest] = NULL;
        int64_t bytes = round_up(buffer_bytes(buffer, plan->group), LINE);
        buffer->offset = 0;
        for (bool moved = true; moved;) {
            moved = false;
            for (int i = 0; i < placed.count; i++) {
                const Buffer *other = placed.at[i];
                int64_t end = other->offset + round_up(buffer_bytes(other, plan->group), LINE);
                if (overlap(buffer, other) && buffer->offset < end && other->offset < buffer->offset + bytes) {
                    buffer->offset = end;
                    moved = true;
                }
            }
        }
        vec_push(plan->arena, placed, buffer);
        if (buffer->offset + bytes > total)
            total = buffer->offset + bytes;
    }
    return total;
}

/* Two buffers may be named alike (a layer "1_2" and a layer 2 in block 1): C wants them apart. */
static void name_apart(Plan *plan)
{
    for (int i = 0; i < plan->buffers.count; i++) {
        Buffer *buffer = plan->buffers.at[i];
        int same = 1;
        for (int j = 0; j < i && buffer->space == SPACE_WORKSPACE; j++) {
            const Buffer *other = plan->buffers.at[j];
            same += other->space == SPACE_WORKSPACE && !strcmp(other->name, buffer->name);
        }
        if (same > 1)
            buffer->name = arena_printf(plan->arena, "%s_%d", buffer->name, same);
    }
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        if (kernel->stage == STAGE_FORWARD) /* a value's own name is its buffer's */
            kernel->name = arena_printf(plan->arena, "%s_forward", kernel->name);
        int same = 1;
        for (int j = 0; j < i; j++)
            same += !strcmp(plan->kernels.at[j]->name, kernel->name);
        if (same > 1)
            kernel->name = arena_printf(plan->arena, "%s_%d", kernel->name, same);
    }
}

static void place_block(Plan *plan)
{
    /* Parameters in torch's order, whatever order the graph met them in. */
    for (int i = 1; i < plan->parameters.count; i++) {
        PlacedParameter *p = plan->parameters.at[i];
        int j = i;
        for (; j > 0 && plan->parameters.at[j - 1]->parameter->index > p->parameter->index; j--)
            plan->parameters.at[j] = plan->parameters.at[j - 1];
        plan->parameters.at[j] = p;
    }
    for (int i = 0; i < plan->parameters.count; i++) {
        PlacedParameter *p = plan->parameters.at[i];
        p->weights->offset = plan->block;
        if (p->gradients)
            p->gradients->offset = plan->block;
        plan->block += p->weights->count;
    }
    for (int i = 0; i < plan->buffers.count; i++) {
        Buffer *buffer = plan->buffers.at[i];
        if (buffer->space == SPACE_DERIVED) {
            buffer->offset = plan->derived;
            plan->derived += buffer->count;
        }
    }
}

void pass_place(Plan *plan)
{
    find_lives(plan);
    keep_output(plan);
    plan->workspace = pack_workspace(plan);
    place_block(plan);
    name_apart(plan);
}
