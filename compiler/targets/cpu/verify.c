/* The rules of a plan, checked after each of the CPU's steps. */
#include "base/fail.h"
#include "targets/cpu/channels.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/families/family.h"
#include "targets/cpu/parameter_layout.h"

static const char *const step_names[] = {
    [STEP_CHOOSE] = "choose", [STEP_LAYOUT] = "layout", [STEP_SCHEDULE] = "schedule", [STEP_PLAN] = "plan"};

static void must(const Kernel *kernel, Step step, bool holds, const char *rule)
{
    if (!holds)
        fail_bug("after %s, kernel %s breaks a rule: %s", step_names[step], kernel->name, rule);
}

static void verify_kernel(const Kernel *kernel, Step step)
{
    must(kernel, step, kernel->name && *kernel->name, "a kernel has a name");
    must(kernel, step, kernel->op && kernel->op_count > 0, "a kernel computes something");
    must(kernel, step, (unsigned)kernel->family < FAMILY_COUNT, "the family is known");
    must(kernel, step, kernel->roles[0], "a kernel has operands");
    bool gives = false;
    for (const Role *role = kernel->roles; *role; role++)
        gives = gives || *role == kernel->output;
    must(kernel, step, gives, "what it makes is an operand");
}

/* What is some channels of a wider buffer lies within it, in whole vectors, and its kernel knows. */
static void verify_some_channels(const Plan *plan, const Kernel *kernel, Role role, Step step)
{
    const Value *value = kernel->value[role];
    const Buffer *buffer = plan->buffer_of[value->id];
    const Shape image = shape_image(value->shape);
    int64_t first = plan->first_channel[value->id];
    must(kernel, step, takes_some_channels(kernel, role), "it takes some channels of a wider buffer");
    must(kernel, step, first % PAD == 0 && image.dim[0] % PAD == 0 && first + image.dim[0] <= buffer->pitch,
         "the channels lie in the wider buffer, in whole vectors");
    must(kernel, step, image.dim[1] == buffer->rows && image.dim[2] == buffer->cols, "the wider buffer has its pixels");
}

/* Operands lie in buffers: those that a family reads or makes in any case, and all that have a value. */
static void verify_operands(const Plan *plan, const Kernel *kernel, Step step)
{
    for (const Role *role = kernel->roles; *role; role++) {
        const Buffer *buffer = kernel->operand[*role].buffer;
        must(kernel, step, buffer || !buffer_at(plan, kernel, *role), "a value that has a buffer is read there");
        must(kernel, step, !buffer || buffer->stride > 0 || buffer->count > 0, "a buffer has elements");
        if (buffer && kernel->value[*role] && has_some_channels(plan, kernel->value[*role]))
            verify_some_channels(plan, kernel, *role, step);
    }
    if (kernel->scope == SCOPE_BATCH)
        must(kernel, step, kernel->parts > 0, "a kernel over the batch has parts");
}

static void verify_tiles(const Kernel *kernel, Step step)
{
    for (int width = 0; family_info(kernel->family)->tiles && width < WIDTH_COUNT; width++) {
        Tile tile = kernel->tile[width];
        must(kernel, step, tile.rows > 0 && tile.cols > 0 && tile.vecs > 0, "a tiled kernel has a tile");
    }
}

/* Every kernel but those that pack weights is in one phase; phases follow each other. */
static void verify_phases(const Plan *plan, Step step)
{
    int next = 0;
    for (int i = 0; i < plan->phases.count; i++) {
        const Phase *phase = &plan->phases.at[i];
        for (int k = phase->first; k <= phase->last; k++) {
            const Kernel *kernel = plan->kernels.at[k];
            must(kernel, step, k == next++ && kernel->phase == i, "a kernel is in the phase that it says");
            must(kernel, step, (kernel->scope == SCOPE_BATCH) == (phase->parts > 0), "a phase is over shards or parts");
        }
    }
    for (; next < plan->kernels.count; next++)
        must(plan->kernels.at[next], step, plan->kernels.at[next]->stage == STAGE_PACK, "a kernel is in a phase");
}

/* Two buffers that are alive at once lie apart, and all lie within the memory that the plan says it takes. */
static void verify_places(const Plan *plan)
{
    int64_t *end = arena_alloc(plan->arena, (size_t)(plan->buffers.count + 1) * sizeof *end);
    for (int i = 0; i < plan->buffers.count; i++) {
        const Buffer *a = plan->buffers.at[i];
        if (!buffer_is_activation(a) || a->last < 0)
            continue;
        end[i] = a->offset + buffer_bytes(plan, a);
        if (a->offset % 64 || end[i] > (a->space == SPACE_BATCH ? plan->batch_bytes : plan->workspace))
            fail_bug("after place, buffer %s lies where no memory is", a->name);
        for (int k = 0; k < i; k++) {
            const Buffer *b = plan->buffers.at[k];
            bool together = b->space == a->space && b->last >= a->first && a->last >= b->first;
            if (together && b->offset < end[i] && a->offset < end[k])
                fail_bug("after place, buffers %s and %s are alive at once, and overlap", a->name, b->name);
        }
    }
}

static void verify_parameters(const ParameterLayout *layout)
{
    for (int i = 0; i < layout->parameters.count; i++) {
        const PlacedParameter *placed = layout->parameters.at[i];
        int64_t elements = 1;
        for (int k = 0; k < placed->axis_count; k++)
            elements *= placed->axis[k].size;
        if (elements != shape_count(placed->parameter->shape) ||
            placed->weights->offset + placed->weights->count > layout->block)
            fail_bug("after place, parameter %s does not lie in the block as torch has it", placed->parameter->name);
    }
}

void plan_verify(const Plan *plan, Step step)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        verify_kernel(kernel, step);
        if (step >= STEP_LAYOUT)
            verify_operands(plan, kernel, step);
        if (step >= STEP_SCHEDULE)
            verify_tiles(kernel, step);
        if (step >= STEP_PLAN)
            must(kernel, step, kernel->function || family_info(kernel->family)->call, "a kernel has a function");
    }
    if (step >= STEP_SCHEDULE)
        verify_phases(plan, step);
    if (step >= STEP_PLAN) {
        verify_places(plan);
        verify_parameters(plan->layout);
    }
}
