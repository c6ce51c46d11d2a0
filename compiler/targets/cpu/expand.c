/* Expand: makes the plan's kernels of those of the graph.
 *
 * Needs: a plan with a choice for each kernel of its KernelGraph.
 * Guarantees: each kernel that is to be made is in the plan, in the graph's order, with its family and its values in
 * the roles that the family knows. What a family computes by several kernels is so many of them. */
#include "base/fail.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/choose.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/families/family.h"

static bool is_default(const FamilyInfo *info, const KernelGraph *kernels, const GraphKernel *kernel)
{
    return !info->chosen && family_computed(info, kernel->op) && (!info->suits || info->suits(kernels, kernel));
}

Family family_of(const KernelGraph *kernels, const GraphKernel *kernel)
{
    for (Family family = 0; family < FAMILY_COUNT; family++) {
        if (is_default(family_info(family), kernels, kernel))
            return family;
    }
    fail_bug("no family computes %s", kernel->op->info->name);
}

/* The value that a family knows by `role`. */
static Value *value_as(const Computed *computed, const GraphKernel *kernel, Role role)
{
    if (kernel->norm && role == ROLE_BIAS)
        return kernel->value[ROLE_STATS];
    for (int i = 0; i < 2; i++) {
        if (computed->as[i].to == role && role)
            return kernel->value[computed->as[i].from];
    }
    return kernel->value[role];
}

static void absorb(Kernel *kernel, const GraphKernel *more)
{
    for (int i = 0; i < more->op_count; i++) {
        if (kernel->op_count == MAX_KERNEL_OPS)
            fail_bug("more than %d operations in %s", MAX_KERNEL_OPS, kernel->name);
        kernel->ops[kernel->op_count++] = more->ops[i];
    }
}

/* What the pool-sparse gradients have of the pool's gradient: its dy, and how to spread it out. */
static void read_pooled(Kernel *kernel, const Choice *choice, const GraphKernel *from)
{
    kernel->activation = choice->pool->activation;
    for (const Role *role = kernel->roles; *role; role++)
        kernel->value[*role] = from->value[*role];
    kernel->value[ROLE_DY] = choice->pool->value[ROLE_DY];
    kernel->value[ROLE_Y] = choice->pool->value[ROLE_Y];
    kernel->value[ROLE_ARG] = choice->pool->value[ROLE_ARG];
    if (choice->bias) {
        kernel->value[ROLE_DB] = choice->bias->value[ROLE_DB];
        absorb(kernel, choice->bias);
    }
    if (choice->ends_pool)
        absorb(kernel, choice->pool);
}

static void make_kernel(Plan *plan, const GraphKernel *from, const Choice *choice)
{
    Kernel *kernel = arena_make(plan->arena, Kernel);
    kernel->id = plan->kernels.count;
    kernel->name = from->name;
    kernel->stage = from->stage;
    kernel->op = from->op;
    absorb(kernel, from);
    kernel->activation = from->activation;
    kernel->act_first = from->activation_first;
    kernel->norm = from->norm;
    kernel_set_family(kernel, choice->family);
    const FamilyInfo *info = family_info(choice->family);
    const Computed *computed = family_computed(info, from->op);
    if (!computed)
        fail_bug("%s computes no %s", info->name, from->op->info->name);
    for (const Role *role = kernel->roles; *role; role++)
        kernel->value[*role] = value_as(computed, from, *role);
    if (choice->pool)
        read_pooled(kernel, choice, from);
    kernel->scope = choice->scope;
    kernel->counts_samples = choice->counts_samples;
    kernel->refused = choice->refused;
    kernel->refused_rounding = choice->refused_rounding;
    if (kernel->scope == SCOPE_BATCH && info->call)
        kernel_cut(kernel, 1, 1, 1);
    kernel->keeps = from->op->kind == OP_INSTANCE_KEEP;
    if (is_dropout(kernel))
        kernel->index = plan->dropout_count++;
    if (computed->expand)
        computed->expand(plan, kernel);
    else
        vec_push(plan->arena, plan->kernels, kernel);
}

void cpu_expand(Plan *plan)
{
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        if (plan->choice[kernel->id].made)
            make_kernel(plan, kernel, &plan->choice[kernel->id]);
    }
}
