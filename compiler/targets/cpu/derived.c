/* Layouts of weights beside the one that they are learned in: part of the layout step. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/parameter_layout.h"

Buffer *derived_weights(Plan *plan, const Value *weight, const char *suffix, int64_t floats)
{
    const char *name = arena_printf(plan->arena, "%s%s", weight->name, suffix);
    Buffer *buffer = derived_layout(plan->layout, name);
    if (buffer)
        return buffer;
    buffer = plan_buffer(plan, SPACE_DERIVED, ELEMENT_FLOAT, name);
    buffer->value = weight;
    buffer->count = round_up(floats, PAD);
    vec_push(plan->arena, plan->layout->derived, buffer);
    return buffer;
}

Kernel *add_derive_kernel(Plan *plan, Family family, const Kernel *reader, const char *suffix, Buffer *derived)
{
    Kernel *kernel = kernel_beside(plan, reader, family,
                                   arena_printf(plan->arena, "%s_weights%s", reader->name, suffix));
    kernel->stage = STAGE_DERIVE;
    kernel->scope = SCOPE_GROUP;
    kernel->operand[ROLE_W] = whole(buffer_at(plan, reader, ROLE_W));
    kernel->operand[ROLE_Y] = whole(derived);
    if (!derived->is_made)
        vec_push(plan->arena, plan->kernels, kernel);
    derived->is_made = true;
    return kernel;
}
