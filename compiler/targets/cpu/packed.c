/* Layouts of weights beside the one that they are learned in: part of the layout step. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/parameter_layout.h"

Buffer *packed_weights(Plan *plan, const Value *weight, const char *suffix, int64_t floats)
{
    const char *name = arena_printf(plan->arena, "%s%s", weight->name, suffix);
    Buffer *buffer = find_packed_weights(plan->layout, name);
    if (buffer)
        return buffer;
    buffer = plan_buffer(plan, SPACE_PACKED, ELEMENT_FLOAT, name);
    buffer->value = weight;
    buffer->count = round_up(floats, PAD);
    vec_push(plan->arena, plan->layout->packed, buffer);
    return buffer;
}

Kernel *add_pack_kernel(Plan *plan, Family family, const Kernel *reader, Buffer *packed)
{
    Kernel *kernel = kernel_beside(plan, reader, family, arena_printf(plan->arena, "%s_weights", reader->name));
    kernel->stage = STAGE_PACK;
    kernel->scope = SCOPE_MICROBATCH;
    kernel->operand[ROLE_W] = whole(buffer_at(plan, reader, ROLE_W));
    kernel->operand[ROLE_Y] = whole(packed);
    if (!packed->is_made)
        vec_push(plan->arena, plan->kernels, kernel);
    packed->is_made = true;
    return kernel;
}
