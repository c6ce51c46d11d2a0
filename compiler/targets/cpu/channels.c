/* Which values lie among the channels of another one: part of the layout step.
 *
 * CONCAT puts values side by side. One that has whole vectors, and that only kernels make and read which go from pixel
 * to pixel by a distance of their own (Computed.some_channels), is written straight into its channels of the whole, and
 * needs no copy. Likewise the gradient of such a part is read where it stands in the whole's. */
#include "targets/cpu/channels.h"
#include "targets/cpu/families/family.h"

bool has_some_channels(const Plan *plan, const Value *value)
{
    return plan->first_channel[value->id] >= 0;
}

bool takes_some_channels(const Kernel *kernel, Role role)
{
    const Computed *computed = family_computed(family_info(kernel->family), kernel->op);
    for (const Role *some = computed ? computed->some_channels : NULL; some && *some; some++) {
        if (*some == role)
            return true;
    }
    return false;
}

int64_t padded_channels(const Plan *plan, const Kernel *kernel, Role role)
{
    const Value *value = kernel->value[role];
    return has_some_channels(plan, value) ? value->shape.dim[0] : buffer_at(plan, kernel, role)->pitch;
}

Operand inside_value(const Plan *plan, const Kernel *kernel, Role role)
{
    Buffer *buffer = buffer_at(plan, kernel, role);
    if (!buffer)
        return whole(NULL);
    Operand operand = inside(buffer);
    if (has_some_channels(plan, kernel->value[role]))
        operand.offset += plan->first_channel[kernel->value[role]->id];
    return operand;
}

bool lies_at(const Plan *plan, const Kernel *kernel, Role part, Role whole, int64_t first)
{
    const Value *some = kernel->value[part], *all = kernel->value[whole];
    const int64_t begin = has_some_channels(plan, all) ? plan->first_channel[all->id] : 0;
    return has_some_channels(plan, some) && plan->buffer_of[some->id] == plan->buffer_of[all->id] &&
           plan->first_channel[some->id] == begin + first;
}

const Role concat_parts[CONCAT_PARTS] = {ROLE_A, ROLE_B, ROLE_C, ROLE_D};

bool copies_nothing(const Plan *plan, const Kernel *kernel)
{
    int64_t first = 0;
    if (kernel->op->kind == OP_CONCAT_GRAD)
        return lies_at(plan, kernel, ROLE_DX, ROLE_DY, kernel->op->attr.concat.first);
    if (kernel->op->kind != OP_CONCAT)
        return false;
    for (int i = 0; i < CONCAT_PARTS && kernel->value[concat_parts[i]]; i++) {
        if (!lies_at(plan, kernel, concat_parts[i], ROLE_Y, first))
            return false;
        first += kernel->value[concat_parts[i]]->shape.dim[0];
    }
    return true;
}

/* Whether all kernels that make or read a value find it in a wider buffer. */
static bool kernels_agree(const Plan *plan, const Value *value)
{
    bool made = false;
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; *role; role++) {
            if (kernel->value[*role] != value)
                continue;
            if (!takes_some_channels(kernel, *role))
                return false;
            made = made || *role == kernel->output;
        }
    }
    return made;
}

/* Whether an operation that only sees it in another shape reads it, and needs no kernel for that. */
static bool has_view(const Graph *graph, const Value *value)
{
    for (int i = value->producer->id + 1; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        if (op_reads(op, value) && (op->kind == OP_RESHAPE || op->kind == OP_RESHAPE_GRAD || op->kind == OP_SWAP))
            return true;
    }
    return false;
}

/* Whether a value could stand at channel `first` of another one. */
static bool could_lie_at(const Plan *plan, const Value *value, int64_t first)
{
    return value->type == TYPE_F32 && value->batched && value->shape.rank > 1 && first % PAD == 0 &&
           value->shape.dim[0] % PAD == 0 && !plan->buffer_of[value->id] && value != plan->graph->input &&
           value != plan->graph->output && !has_view(plan->graph, value) && kernels_agree(plan, value);
}

static void lie_at(Plan *plan, const Value *value, const Value *whole, int64_t first)
{
    plan->buffer_of[value->id] = plan->buffer_of[whole->id];
    plan->first_channel[value->id] = first + (has_some_channels(plan, whole) ? plan->first_channel[whole->id] : 0);
}

/* The parts of a CONCAT. One kernel copies those that cannot lie in the whole, and what stands between them. */
static void share_parts(Plan *plan, const Kernel *concat)
{
    const Value *whole = concat->value[ROLE_Y];
    int64_t first[CONCAT_PARTS], end = 0;
    int copied = CONCAT_PARTS, last = -1;
    for (int i = 0; i < CONCAT_PARTS && concat->value[concat_parts[i]]; i++) {
        first[i] = end;
        end += concat->value[concat_parts[i]]->shape.dim[0];
        if (!could_lie_at(plan, concat->value[concat_parts[i]], first[i])) {
            copied = i < copied ? i : copied;
            last = i;
        }
    }
    for (int i = 0; i < CONCAT_PARTS && concat->value[concat_parts[i]]; i++) {
        const Value *part = concat->value[concat_parts[i]];
        if ((i < copied || i > last) && !plan->buffer_of[part->id])
            lie_at(plan, part, whole, first[i]);
    }
}

void share_channels(Plan *plan, void (*place_value)(void *context, const Value *value), void *context)
{
    for (int i = 0; i < plan->graph->values.count; i++)
        plan->first_channel[i] = -1;
    /* The whole before its parts: of CONCATs the last one has all that those before it made. */
    for (int i = plan->kernels.count - 1; i >= 0; i--) {
        const Kernel *kernel = plan->kernels.at[i];
        if (kernel->op->kind != OP_CONCAT)
            continue;
        place_value(context, kernel->value[ROLE_Y]);
        share_parts(plan, kernel);
    }
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        const int64_t first = kernel->op->attr.concat.first;
        if (kernel->op->kind != OP_CONCAT_GRAD || !could_lie_at(plan, kernel->value[ROLE_DX], first))
            continue;
        place_value(context, kernel->value[ROLE_DY]);
        lie_at(plan, kernel->value[ROLE_DX], kernel->value[ROLE_DY], first);
    }
}
