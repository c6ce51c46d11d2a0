/* cpu_share: one C function for all kernels of a stage that compute the same.
 * Needs: the kernels' final families, dimensions, tiles and names (cpu_place). Guarantees: Kernel.same leads each
 * kernel to the first one like it, and Kernel.function is the name of the function that they share; no two functions
 * are named alike. Kernels of a further plan share those of the plans before it. Deep models repeat their layers, and
 * their text stays as short as a list of different ones. */
#include "targets/cpu/cpu.h"
#include "targets/cpu/families/family.h"
#include "targets/cpu/parameter_layout.h"

#include <string.h>

static bool alike(const Kernel *a, const Kernel *b)
{
    if (a->family != b->family || family_info(a->family)->call || a->stage != b->stage ||
        a->counts_samples != b->counts_samples)
        return false;
    const FamilyInfo *info = family_info(a->family);
    if (info->tiles && memcmp(a->tile, b->tile, sizeof a->tile))
        return false;
    return !memcmp(a->dim, b->dim, (size_t)info->dim_count * sizeof *a->dim);
}

/* The bytes of whole words ("conv2d_") that a and b begin with. */
static size_t common_head(const char *a, const char *b)
{
    size_t head = 0;
    for (size_t i = 0; a[i] && a[i] == b[i]; i++) {
        if (a[i] == '_')
            head = i + 1;
    }
    return head;
}

/* The bytes of whole words ("_forward") that both end with, behind their first `head` bytes. */
static size_t common_tail(const char *a, const char *b, size_t head)
{
    size_t a_length = strlen(a), b_length = strlen(b), tail = 0;
    for (size_t i = 1; i < a_length - head && i < b_length - head && a[a_length - i] == b[b_length - i]; i++) {
        if (a[a_length - i] == '_')
            tail = i;
    }
    return tail;
}

/* "conv2d_5_and_7_forward" for conv2d_5_forward and conv2d_7_forward; "conv2d_5_to_9_forward" where there are more. */
static const char *shared_name(Arena *arena, const char *first, const char *last, int count)
{
    size_t head = common_head(first, last), tail = common_tail(first, last, head), length = strlen(first);
    return arena_printf(arena, "%.*s_%s_%s", (int)(length - tail), first, count == 2 ? "and" : "to", last + head);
}

static bool is_taken(const Plan *plan, const Kernel *but, const char *name)
{
    const ParameterLayout *layout = plan->layout;
    for (int i = 0; i < layout->functions.count; i++) {
        if (!strcmp(layout->functions.at[i]->function, name))
            return true;
    }
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        if (kernel != but && kernel->function && !strcmp(kernel->function, name))
            return true;
    }
    return false;
}

/* The kernel of another plan that computes what this one does; or NULL. */
static const Kernel *made_before(const Plan *plan, const Kernel *kernel)
{
    for (int i = 0; i < plan->layout->functions.count; i++) {
        if (alike(plan->layout->functions.at[i], kernel))
            return plan->layout->functions.at[i];
    }
    return NULL;
}

void cpu_share(Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        int first = 0;
        kernel->same = made_before(plan, kernel);
        if (kernel->same)
            continue;
        while (!alike(plan->kernels.at[first], kernel) && first < i)
            first++;
        kernel->same = plan->kernels.at[first];
        if (first == i)
            kernel->function = kernel->name;
    }
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *first = plan->kernels.at[i];
        const Kernel *last = first;
        int count = 0;
        for (int j = i; first->same == first && j < plan->kernels.count; j++) {
            if (plan->kernels.at[j]->same == first)
                last = plan->kernels.at[j], count++;
        }
        if (count < 2)
            continue;
        const char *name = shared_name(plan->arena, first->name, last->name, count);
        first->function = name;
        for (int other = 2; is_taken(plan, first, first->function); other++)
            first->function = arena_printf(plan->arena, "%s_%d", name, other);
    }
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        kernel->function = kernel->same->function;
        if (kernel->same == kernel && !family_info(kernel->family)->call)
            vec_push(plan->arena, plan->layout->functions, kernel);
    }
}
