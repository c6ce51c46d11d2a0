/* Place: every buffer gets its place in memory.
 *
 * Needs: a scheduled plan.
 * Guarantees: two buffers of the workspace, or of the batch's memory, overlap only when they are never alive at the
 * same time; parameters and their gradients stand at the same offsets of their blocks, first those with gradients of
 * shards, last those that no optimizer learns, each in torch's order; offsets are multiples of 64 bytes. What a further
 * plan needs stands behind all that the plans before it have, whose borders of zeros must stay. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/families/family.h"
#include "targets/cpu/parameter_layout.h"
#include "targets/pack.h"

/* Kernels that run sample by sample follow each other in one loop over the samples: a stretch. */
static int *stretches(const Plan *plan)
{
    int *stretch = arena_alloc(plan->arena, (size_t)plan->kernels.count * sizeof *stretch);
    for (int i = 1; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i], *before = plan->kernels.at[i - 1];
        bool same = kernel->scope == SCOPE_SAMPLE && before->scope == SCOPE_SAMPLE && kernel->stage == before->stage &&
                    kernel->phase == before->phase;
        stretch[i] = stretch[i - 1] + !same;
    }
    return stretch;
}

/* The buffer of a value that the log shows, in the plan of evaluation. */
static Buffer *shown_buffer(const Plan *plan, int number)
{
    return plan->buffer_of[plan->graph->shown.at[number].value->id];
}

static int shown_count(const Plan *plan)
{
    return plan->graph->evaluates ? plan->graph->shown.count : 0;
}

/* What its tasks alone use of a phase: where each of them is about a sample, there is one place for all of its samples.
 * By the buffers' ids. */
static bool *used_by_tasks(const Plan *plan)
{
    bool *used = arena_alloc(plan->arena, (size_t)(plan->buffers.count + 1) * sizeof *used);
    int *phase = arena_alloc(plan->arena, (size_t)(plan->buffers.count + 1) * sizeof *phase);
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; *role; role++) {
            const Buffer *buffer = kernel->operand[*role].buffer;
            if (!buffer)
                continue;
            const bool first = phase[buffer->id] == 0;
            used[buffer->id] = (first || used[buffer->id]) && kernel->chunk == 1 && !plan->one_sample &&
                               (first || phase[buffer->id] == kernel->phase + 1);
            phase[buffer->id] = kernel->phase + 1;
        }
    }
    if (plan->graph->output && plan->buffer_of[plan->graph->output->id])
        used[plan->buffer_of[plan->graph->output->id]->id] = false;
    for (int i = 0; i < shown_count(plan); i++)
        used[shown_buffer(plan, i)->id] = false;
    return used;
}

/* Sets first and last of each buffer, and whether it needs an instance for each sample: a value does when it is carried
 * from one stretch to another (what has no value is a kernel's scratch); for each of the microbatch within a phase, of
 * the batch where it goes from phase to phase or a part of a BATCH kernel reads or makes some of it, unless it is all
 * used by the tasks of one phase. */
static void find_uses(Plan *plan, const int *stretch)
{
    const bool *by_tasks = used_by_tasks(plan);
    for (int i = 0; i < plan->buffers.count; i++) {
        plan->buffers.at[i]->first = plan->kernels.count;
        plan->buffers.at[i]->last = -1;
    }
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; *role; role++) {
            Buffer *buffer = kernel->operand[*role].buffer;
            if (!buffer || (buffer->space != SPACE_WORKSPACE && buffer->space != SPACE_BATCH))
                continue;
            if (buffer->last < 0)
                buffer->first = i;
            buffer->last = i;
            if (by_tasks[buffer->id]) {
                kernel->operand[*role].step[0] = 0;
                continue;
            }
            bool carried = stretch[buffer->first] != stretch[i] || kernel->scope != SCOPE_SAMPLE;
            buffer->per_sample = buffer->per_sample || (carried && buffer->value && buffer->value->batched);
            if (buffer->value && !plan->one_sample &&
                (kernel->scope == SCOPE_BATCH || plan->kernels.at[buffer->first]->phase != kernel->phase))
                buffer->space = SPACE_BATCH;
        }
    }
}

/* A loop over one sample runs once; that over the parts of a phase is all that is left. */
static void live_through_parts(const Plan *plan, Buffer *buffer)
{
    const Phase *first = &plan->phases.at[plan->kernels.at[buffer->first]->phase];
    const Phase *last = &plan->phases.at[plan->kernels.at[buffer->last]->phase];
    buffer->first = first->parts > 1 ? first->first : buffer->first;
    buffer->last = last->parts > 1 ? last->last : buffer->last;
}

/* Lets each buffer live as long as the loops run in which it is used: a stretch's over the samples, that over shards or
 * parts from barrier to barrier. */
static void find_lives(Plan *plan)
{
    const int *stretch = stretches(plan);
    find_uses(plan, stretch);
    for (int i = 0; i < shown_count(plan); i++)
        shown_buffer(plan, i)->per_sample = true;
    for (int i = 0; i < plan->buffers.count; i++) {
        Buffer *buffer = plan->buffers.at[i];
        int end = plan->kernels.count - 1;
        if (buffer->last < 0)
            continue;
        if (plan->one_sample) {
            live_through_parts(plan, buffer);
        } else if (buffer->kept_zero) {
            buffer->first = 0;
            buffer->last = end;
        } else if (buffer->space == SPACE_BATCH) {
            const Phase *phases = plan->phases.at;
            int first = plan->kernels.at[buffer->first]->phase, last = plan->kernels.at[buffer->last]->phase;
            while (first > 0 && phases[first - 1].barriers == phases[first].barriers)
                first--;
            while (last < plan->phases.count - 1 && phases[last + 1].barriers == phases[last].barriers)
                last++;
            buffer->first = phases[first].first;
            buffer->last = phases[last].last;
        } else if (buffer->per_sample) {
            while (buffer->first > 0 && stretch[buffer->first - 1] == stretch[buffer->first])
                buffer->first--;
            while (buffer->last < end && stretch[buffer->last + 1] == stretch[buffer->last])
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
    for (int i = 0; i < shown_count(plan); i++) {
        Buffer *shown = shown_buffer(plan, i);
        const Phase *phase = &plan->phases.at[plan->kernels.at[shown->first]->phase];
        shown->last = shown->space == SPACE_BATCH ? plan->kernels.count - 1 : phase->last;
    }
}

/* Packs the buffers of a space, by pack_blocks, behind its first `begin` bytes. Returns the end of all. */
static int64_t pack(Plan *plan, Space space, int64_t begin)
{
    VEC(PackBlock) blocks = {0};
    VEC(Buffer *) buffers = {0};
    for (int i = 0; i < plan->buffers.count; i++) {
        Buffer *buffer = plan->buffers.at[i];
        if (buffer->space != space || buffer->last < 0)
            continue;
        vec_push(plan->arena, buffers, buffer);
        vec_push(plan->arena, blocks, ((PackBlock){buffer->first, buffer->last, buffer_bytes(plan, buffer), 0}));
    }
    const int64_t end = pack_blocks(plan->arena, blocks.at, blocks.count, begin);
    for (int i = 0; i < blocks.count; i++)
        buffers.at[i]->offset = blocks.at[i].offset;
    return end;
}

/* Two buffers may be named alike (a layer "1_2" and a layer 2 in block 1): C wants them apart. */
static void name_apart(Plan *plan)
{
    StringSet buffers = {0}, kernels = {0};
    for (int i = 0; i < plan->buffers.count; i++) {
        Buffer *buffer = plan->buffers.at[i];
        const char *name = buffer->name;
        if (!buffer_is_activation(buffer))
            continue;
        for (int again = 2; !string_set_add(plan->arena, &buffers, buffer->name); again++)
            buffer->name = arena_printf(plan->arena, "%s_%d", name, again);
    }
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        if (kernel->stage == STAGE_FORWARD) /* a value's own name is its buffer's */
            kernel->name = arena_printf(plan->arena, "%s_%s", kernel->name,
                                        plan->graph->evaluates ? "test" : "forward");
        const char *name = kernel->name;
        for (int again = 2; !string_set_add(plan->arena, &kernels, kernel->name); again++)
            kernel->name = arena_printf(plan->arena, "%s_%d", name, again);
    }
}

/* By the buffers' ids: whether it is a gradient that a kernel makes over the batch. */
static bool *learned_over_batch(const Plan *plan)
{
    bool *learned = arena_alloc(plan->arena, (size_t)plan->buffers.count * sizeof *learned);
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; kernel->learns && *role; role++) {
            if (kernel->operand[*role].buffer)
                learned[kernel->operand[*role].buffer->id] = true;
        }
    }
    return learned;
}

static void name_phases(Plan *plan)
{
    for (int i = 0; i < plan->phases.count; i++) {
        Phase *phase = &plan->phases.at[i];
        const Kernel *kernel = plan->kernels.at[phase->first];
        if (phase->parts && phase->first < phase->last && !family_computed(family_info(kernel->family), kernel->op))
            kernel = plan->kernels.at[phase->first + 1]; /* which it serves */
        if (phase->parts)
            phase->name = arena_printf(plan->arena, "%s_part", kernel->name);
        else if (plan->graph->evaluates)
            phase->name = phase->loss ? "evaluate" : arena_printf(plan->arena, "evaluate_%d", i + 1);
        else
            phase->name = arena_printf(plan->arena, "%s_%d", kernel->stage == STAGE_FORWARD ? "forward" : "backward",
                                       i + 1);
    }
}

/* Parameters in torch's order, whatever order the graph met them in. */
static void sort_parameters(ParameterLayout *layout)
{
    for (int i = 1; i < layout->parameters.count; i++) {
        PlacedParameter *p = layout->parameters.at[i];
        int j = i;
        for (; j > 0 && layout->parameters.at[j - 1]->parameter->index > p->parameter->index; j--)
            layout->parameters.at[j] = layout->parameters.at[j - 1];
        layout->parameters.at[j] = p;
    }
}

/* First those whose gradients the shards make, so that they have no memory for the others; last what is not learned. */
static void place_block(const Plan *plan)
{
    ParameterLayout *layout = plan->layout;
    const bool *learned = learned_over_batch(plan);
    sort_parameters(layout);
    for (int which = 0; which <= 2; which++) {
        for (int i = 0; i < layout->parameters.count; i++) {
            PlacedParameter *p = layout->parameters.at[i];
            if ((!parameter_learns(p->parameter) ? 2 : p->gradients && learned[p->gradients->id]) != which)
                continue;
            p->weights->offset = layout->block;
            if (p->gradients)
                p->gradients->offset = layout->block;
            layout->block += p->weights->count;
        }
        layout->sharded = which ? layout->sharded : layout->block;
    }
}

/* Tells the packed weights which of them evaluation reads. */
static void mark_read_forward(const Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; kernel->stage == STAGE_FORWARD && *role; role++) {
            Buffer *buffer = kernel->operand[*role].buffer;
            if (buffer && buffer->space == SPACE_PACKED)
                buffer->read_forward = true;
        }
    }
}

void cpu_place(Plan *plan)
{
    ParameterLayout *layout = plan->layout;
    find_lives(plan);
    keep_output(plan);
    plan->workspace = layout->workspace = pack(plan, SPACE_WORKSPACE, layout->workspace);
    plan->batch_bytes = layout->batch_bytes = pack(plan, SPACE_BATCH, layout->batch_bytes);
    if (!layout->block)
        place_block(plan);
    mark_read_forward(plan);
    plan->first_kernel = layout->kernel_count;
    layout->kernel_count += plan->kernels.count;
    name_apart(plan);
    name_phases(plan);
}
