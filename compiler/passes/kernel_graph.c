#include "passes/kernel_graph.h"

#include "base/fail.h"
#include "graph/op.h"

Value *graph_kernel_output(const GraphKernel *kernel)
{
    return kernel->ops[kernel->op_count - 1]->out[0];
}

GraphKernel *kernel_that_makes(const KernelGraph *kernels, const Value *value)
{
    return kernels->kernel_of[value->producer->id];
}

/* Whether a role of a kernel is that of something it makes. */
static bool is_made(const GraphKernel *kernel, Role role)
{
    for (int i = 0; i < kernel->op_count; i++) {
        for (int k = 0; k < op_output_count(kernel->ops[i]->kind); k++) {
            if (kernel->ops[i]->out[k] == kernel->value[role])
                return true;
        }
    }
    return false;
}

bool kernel_reads(const GraphKernel *kernel, const Value *value)
{
    for (Role role = 0; role < ROLE_END; role++) {
        if (kernel->value[role] == value && !is_made(kernel, role))
            return true;
    }
    return false;
}

void print_kernel_ops(Text *out, const Op *const *ops, int count)
{
    for (int k = 0; k < count; k++) {
        text_printf(out, "%s%s", k ? " + " : "", op_name(ops[k]->kind));
        if (ops[k]->kind == OP_ACTIVATION || ops[k]->kind == OP_ACTIVATION_GRAD)
            text_printf(out, " %s", activation_name(ops[k]->attr.activation.kind));
    }
}

static void must(const GraphKernel *kernel, const char *after, bool holds, const char *rule)
{
    if (!holds)
        fail_bug("after %s, kernel %d (%s) breaks a rule: %s", after, kernel->id, kernel->name, rule);
}

/* The role in which one of its operations takes or gives a value is the operand's, but that a norm, a sum and an
 * activation read and make in place what the operation before them made. */
static void verify_operand(const KernelGraph *kernels, const GraphKernel *kernel, Role role, const char *after)
{
    const Value *value = kernel->value[role];
    bool found = is_made(kernel, role), known = found;
    for (int i = 0; i < kernel->op_count; i++)
        known = known || op_in(kernel->ops[i], role) == value;
    known = known || kernel->activation || kernel->sum;
    must(kernel, after, known, "an operand is what an operation takes or gives in its role");
    const GraphKernel *maker = kernel_that_makes(kernels, value);
    must(kernel, after, found || !maker || maker->stage == STAGE_PACK || maker->id < kernel->id,
         "a value is made before it is read");
}

void kernel_graph_verify(const KernelGraph *kernels, const char *after)
{
    for (int i = 0; i < kernels->kernels.count; i++) {
        const GraphKernel *kernel = kernels->kernels.at[i];
        must(kernel, after, kernel->id == i, "a kernel's id is its place");
        must(kernel, after, kernel->name && *kernel->name, "a kernel has a name");
        must(kernel, after, kernel->op && kernel->op_count > 0, "a kernel computes something");
        for (int k = 0; k < kernel->op_count; k++)
            must(kernel, after, kernels->kernel_of[kernel->ops[k]->id] != NULL, "operations know a kernel of theirs");
        for (Role role = 0; role < ROLE_END; role++) {
            if (kernel->value[role])
                verify_operand(kernels, kernel, role, after);
        }
    }
}

/* " x=input w=0.weight": the operands that a kernel makes, or the others. */
static void print_operands(Text *out, const GraphKernel *kernel, bool made)
{
    for (Role role = 0; role < ROLE_END; role++) {
        if (kernel->value[role] && is_made(kernel, role) == made)
            text_printf(out, " %s=%s", role_name(role), kernel->value[role]->name);
    }
}

void kernel_graph_print(Text *out, const KernelGraph *kernels)
{
    static const char *const stages[] = {"forward", "loss", "backward", "pack"};
    for (int i = 0; i < kernels->kernels.count; i++) {
        const GraphKernel *kernel = kernels->kernels.at[i];
        text_printf(out, "%-9s %s: ", stages[kernel->stage], kernel->name);
        print_kernel_ops(out, kernel->ops, kernel->op_count);
        text_add(out, "\n   ");
        print_operands(out, kernel, false);
        text_add(out, " ->");
        print_operands(out, kernel, true);
        text_add(out, "\n");
    }
}
