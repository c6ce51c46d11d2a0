/* What kernels make and where they leave it, for the command `accuracy`. */
#include <string.h>

#include "commands/accuracy.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/emit/frame.h"

typedef VEC(struct nc_made) MadeList;

/* The value's extents as channels, rows and columns; false where the buffer has it another way. */
static bool set_extents(struct nc_made *made, const Value *value, const Buffer *buffer)
{
    const Shape shape = value->shape;
    made->rows = buffer->rows;
    made->columns = buffer->cols;
    made->channels = shape_count(shape) / (buffer->rows * buffer->cols);
    if (made->channels * made->rows * made->columns != shape_count(shape) || made->channels > buffer->channels)
        return false;
    /* A row of numbers is an image's, one channel behind the other, or one pixel. */
    if (shape.rank < 2)
        return true;
    return shape.dim[0] == made->channels && (shape.rank < 3 || shape.dim[1] == made->rows) &&
           shape.dim[shape.rank - 1] == made->columns;
}

/* The last kernel that makes a value is the one that tells it. */
static void add(Arena *arena, MadeList *list, struct nc_made made)
{
    for (int i = 0; i < list->count; i++) {
        if (strcmp(list->at[i].value, made.value))
            continue;
        for (; i + 1 < list->count; i++)
            list->at[i] = list->at[i + 1];
        list->count--;
    }
    vec_push(arena, *list, made);
}

static struct nc_made made_by(const Plan *plan, const Kernel *kernel, const Value *value, int what)
{
    return (struct nc_made){
        .kernel = plan->first_kernel + kernel->id,
        .what = what,
        .layers = layers_text(plan->arena, kernel),
        .family = kernel->stage == STAGE_LOSS ? "loss" : family_info(kernel->family)->name,
        .value = value->identifier,
    };
}

/* Some kernels read what they have in the role of an output: a gradient the y that tells the slope. */
static bool computes(const Kernel *kernel, const Value *value)
{
    for (int i = 0; i < kernel->op_count; i++)
        if (kernel->ops[i] == value->producer)
            return true;
    return false;
}

static void add_activation(MadeList *list, const Plan *plan, const Kernel *kernel, const Value *value, int what)
{
    const Buffer *buffer = value ? plan->buffer_of[value->id] : NULL;
    struct nc_made made;
    if (!buffer || !computes(kernel, value) || !buffer_is_activation(buffer) || buffer->element != ELEMENT_FLOAT ||
        !value->batched)
        return;
    made = made_by(plan, kernel, value, what);
    if (!set_extents(&made, value, buffer))
        return;
    const int64_t first = plan->first_channel[value->id];
    made.each = kernel->scope == SCOPE_SAMPLE;
    made.in_batch = buffer->space == SPACE_BATCH;
    made.used_again = !made.in_batch && !buffer->per_sample;
    made.parts = made.used_again && !made.each ? kernel->parts / kernel->cut[0] : 0;
    made.offset = buffer->offset + (buffer_inside(buffer) + (first > 0 ? first : 0)) * element_bytes(buffer->element);
    made.sample = buffer->stride;
    made.row = buffer_row(buffer);
    made.column = buffer->pitch;
    add(plan->arena, list, made);
}

static void add_gradient(MadeList *list, const Plan *plan, const Kernel *kernel, const Value *value)
{
    if (!value || !value->parameter)
        return;
    struct nc_made made = made_by(plan, kernel, value, NC_MADE_PARAMETER);
    made.of = value->parameter->name;
    made.value = arena_printf(plan->arena, "d_%s", made.of);
    add(plan->arena, list, made);
}

int cpu_made(struct nc_made **made, const Lowering *lowering)
{
    const CpuPlans *plans = lowering->plans;
    const Plan *plan = plans->training;
    MadeList list = {0};
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        if (kernel->stage == STAGE_PACK)
            continue;
        const bool input = kernel->op->info == &op_input;
        add_activation(&list, plan, kernel, kernel->value[input ? ROLE_X : ROLE_Y],
                       input ? NC_MADE_INPUT : kernel->stage == STAGE_FORWARD ? NC_MADE_OUTPUT : NC_MADE_GRADIENT);
        add_activation(&list, plan, kernel, kernel->value[ROLE_DX], NC_MADE_GRADIENT);
        add_gradient(&list, plan, kernel, kernel->value[ROLE_DW]);
        add_gradient(&list, plan, kernel, kernel->value[ROLE_DB]);
    }
    *made = list.at;
    return list.count;
}
