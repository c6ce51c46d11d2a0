/* The call that makes the losses of a microbatch's samples, and the gradient of what the model gave. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/family.h"

static const char *loss(const Call *call)
{
    const Op *op = call->kernel->op;
    const Buffer *output = call->kernel->operand[ROLE_X].buffer;
    return arena_printf(call->arena, "%s(mb, &loss, %s, %lld, %lld, %s);\n", op->attr.loss->runtime,
                        call->operand[ROLE_X], (long long)output->stride, (long long)output->channels,
                        call->operand[ROLE_DX]);
}

const FamilyInfo family_loss = {
    .name = "loss",
    .parameters = {READS(X, x), MAKES(DX, dx)},
    .computes = {{&op_loss}},
    .layout = layout_call, .call = loss,
};
