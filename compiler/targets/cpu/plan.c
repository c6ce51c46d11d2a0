/* Printing a plan: after fuse the kernels and their values; after layout their dimensions and the buffers too; after
 * place where everything stands. */
#include "targets/cpu/plan.h"

#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/families/family.h"
#include "targets/cpu/parameter_layout.h"

Plan *cpu_plan(const KernelGraph *kernels, ParameterLayout *layout)
{
    Plan *plan = arena_make(kernels->arena, Plan);
    *plan = (Plan){.arena = kernels->arena, .graph = kernels->graph, .kernel_graph = kernels, .layout = layout};
    return plan;
}

bool buffer_is_activation(const Buffer *buffer)
{
    return buffer->space == SPACE_WORKSPACE || buffer->space == SPACE_BATCH;
}

bool kernel_has_bias(const Kernel *kernel)
{
    return kernel->norm ? op_in(kernel->op, ROLE_BIAS) != NULL : kernel->value[ROLE_BIAS] != NULL;
}

bool op_is_linear(const Op *op)
{
    return op->kind == OP_LINEAR || op->kind == OP_LINEAR_GRAD_INPUT || op->kind == OP_LINEAR_GRAD_WEIGHT;
}

void kernel_cut(Kernel *kernel, int64_t first, int64_t second, int64_t third)
{
    kernel->cut[0] = (int)first;
    kernel->cut[1] = (int)second;
    kernel->cut[2] = (int)third;
    kernel->parts = (int)(first * second * third);
}

double kernel_pieces(const Kernel *kernel)
{
    return kernel->parts ? (double)kernel->parts / (kernel->chunk ? kernel->cut[0] : 1) : 1;
}

int64_t kernel_learned(const Kernel *kernel)
{
    return kernel->learns * (kernel->rows.inner ? kernel->rows.outer * kernel->rows.inner : 1);
}

void kernel_set_family(Kernel *kernel, Family family)
{
    const FamilyInfo *info = family_info(family);
    int count = 0;
    kernel->family = family;
    for (const FamilyParameter *p = info->parameters; p->type; p++) {
        if (p->role)
            kernel->roles[count++] = p->role;
    }
    kernel->roles[count] = ROLE_NONE;
    kernel->output = family_output(info);
}

Kernel *kernel_beside(Plan *plan, const Kernel *kernel, Family family, const char *name)
{
    Kernel *beside = arena_make(plan->arena, Kernel);
    *beside = (Kernel){.name = name, .stage = STAGE_BACKWARD, .op = kernel->op, .ops = {kernel->op}, .op_count = 1};
    kernel_set_family(beside, family);
    return beside;
}

bool is_dropout(const Kernel *kernel)
{
    OpKind kind = kernel->ops[0]->kind;
    return kernel->stage == STAGE_FORWARD && (kind == OP_DROPOUT || kind == OP_DROPOUT_CHANNELS);
}

int64_t dropout_draws(const Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    if (op->attr.dropout.unit == DROP_EACH)
        return shape_count(op->out[1]->shape);
    return op->attr.dropout.unit == DROP_SAMPLES;
}

static void print_kernel(Text *out, const Plan *plan, const Kernel *kernel)
{
    static const char *const stages[] = {"forward", "loss", "backward", "pack"};
    static const char *const scopes[] = {"sample", "microbatch", "batch"};
    const FamilyInfo *info = family_info(kernel->family);
    text_printf(out, "%-9s %-10s %s by %s", stages[kernel->stage], scopes[kernel->scope],
                kernel->name, info->call ? "a call" : info->name);
    if (kernel->refused_rounding > 0)
        text_printf(out, ", not by %s, which rounds by %.2g", family_info(kernel->refused)->name,
                    kernel->refused_rounding);
    text_add(out, ": ");
    print_kernel_ops(out, kernel->ops, kernel->op_count);
    text_add(out, "\n   ");
    for (const Role *role = kernel->roles; *role; role++) {
        text_printf(out, " %s=", role_name(*role));
        if (!plan->buffer_of) {
            text_add(out, kernel->value[*role] ? kernel->value[*role]->name : "-");
            continue;
        }
        const Operand *operand = &kernel->operand[*role];
        text_printf(out, "%s", operand->buffer ? operand->buffer->name : "-");
        if (operand->offset)
            text_printf(out, "+%lld", (long long)operand->offset);
        for (int cut = 0; cut < MAX_CUTS; cut++) {
            if (operand->step[cut] && kernel->cut[cut] > 1)
                text_printf(out, "(+%lld a part of %d)", (long long)operand->step[cut], kernel->cut[cut]);
        }
    }
    text_add(out, "\n");
    if (!plan->buffer_of || info->call)
        return;
    text_printf(out, "    %s", info->name);
    for (int d = 0; d < info->dim_count; d++)
        text_printf(out, " %s=%lld", info->dims[d], (long long)kernel->dim[d]);
    text_add(out, "\n");
}

static void print_buffer(Text *out, const Plan *plan, const Buffer *b)
{
    static const char *const spaces[] = {"workspace", "batch", "weights", "gradients", "packed"};
    if (b->space != SPACE_WORKSPACE && b->space != SPACE_BATCH) {
        text_printf(out, "%-10s %8lld floats at %-8lld %s\n", spaces[b->space], (long long)b->count,
                    (long long)b->offset, b->name);
        return;
    }
    text_printf(out, "%-10s %8lld bytes  at %-8lld %s: %lld rows, %lld columns, %lld channels of %lld",
                spaces[b->space], (long long)buffer_bytes(plan, b), (long long)b->offset, b->name,
                (long long)b->rows, (long long)b->cols, (long long)b->channels, (long long)b->pitch);
    if (b->before[0] || b->before[1] || b->after[0] || b->after[1])
        text_printf(out, ", border %lld %lld %lld %lld", (long long)b->before[0], (long long)b->after[0],
                    (long long)b->before[1], (long long)b->after[1]);
    if (plan->workspace)
        text_printf(out, ", kernels %d to %d%s%s", b->first, b->last, b->per_sample ? ", each sample" : "",
                    b->kept_zero ? ", kept zero" : "");
    text_add(out, "\n");
}

void plan_print(Text *out, const Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++)
        print_kernel(out, plan, plan->kernels.at[i]);
    if (!plan->buffer_of)
        return;
    text_add(out, "\n");
    for (int i = 0; i < plan->buffers.count; i++)
        print_buffer(out, plan, plan->buffers.at[i]);
    if (plan->workspace)
        text_printf(out, "\nworkspace %lld bytes a thread, parameters %lld floats, packed %lld floats, of which "
                         "evaluation reads %lld\n",
                    (long long)plan->workspace, (long long)plan->layout->block, (long long)plan->layout->packed_floats,
                    (long long)plan->layout->packed_forward);
    if (plan->batch_bytes)
        text_printf(out, "from phase to phase %lld bytes\n", (long long)plan->batch_bytes);
}
