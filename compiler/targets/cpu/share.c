/* cpu_share: one C function for all kernels of a stage that compute the same.
 * Needs: the kernels' final families, dimensions, tiles and names (cpu_place). Guarantees: Kernel.same leads each
 * kernel to the first one like it, and Kernel.function is the name of the function that they share; no two functions
 * are named alike. Kernels of a further plan share those of the plans before it. Deep models repeat their layers, and
 * their text stays as short as a list of different ones. */
#include "targets/cpu/cpu.h"
#include "targets/cpu/families/family.h"
#include "targets/cpu/parameter_layout.h"

#include <ctype.h>
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

/* The length of the first `count` words of a name, or of the last ones, without what joins them to the others. */
static size_t words_length(const char *name, int count, bool last)
{
    const size_t all = strlen(name);
    size_t length = 0;
    for (int words = 0; length < all && (words += name[last ? all - 1 - length : length] == '_') < count;)
        length++;
    return count ? length : 0;
}

/* How many words both names begin with, or end with. */
static int common_count(const char *a, const char *b, bool last)
{
    for (int count = 1;; count++) {
        const size_t length = words_length(a, count, last);
        const char *from_a = last ? a + strlen(a) - length : a, *from_b = last ? b + strlen(b) - length : b;
        if (words_length(b, count, last) != length || strncmp(from_a, from_b, length))
            return count - 1;
        if (length == strlen(a) || length == strlen(b))
            return count;
    }
}

static int word_count(const char *name)
{
    int count = 1;
    for (; *name; name++)
        count += *name == '_';
    return count;
}

const char *common_words(Arena *arena, const char *a, const char *b)
{
    if (!strcmp(a, b))
        return a;
    const int least = word_count(a) < word_count(b) ? word_count(a) : word_count(b), head = common_count(a, b, false);
    int tail = common_count(a, b, true);
    if (tail > least - head)
        tail = least - head;
    const size_t tail_length = words_length(a, tail, true);
    return arena_printf(arena, "%.*s%s%s", (int)words_length(a, head, false), a, head && tail ? "_" : "",
                        a + strlen(a) - tail_length);
}

enum { LONG_NAME = 48 };

const char *shared_name(Arena *arena, const char *const *names, int count)
{
    const char *name = names[0];
    for (int i = 1; i < count; i++)
        name = common_words(arena, name, names[i]);
    if (isdigit((unsigned char)*name))
        name = ""; /* what blocks have in common may be "0_forward", which is no name */
    if (strchr(name, '_'))
        return name;
    const char *last = names[count - 1] + (*name ? strlen(name) + 1 : 0);
    const char *range = arena_printf(arena, "%s_%s_%s", names[0], count == 2 ? "and" : "to", last);
    return strlen(range) > LONG_NAME && *name ? arena_printf(arena, "%s_of_%d", name, count) : range;
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
    const char **names = arena_alloc(plan->arena, (size_t)(plan->kernels.count + 1) * sizeof *names);
    for (int i = 0; i < plan->kernels.count; i++) {
        Kernel *first = plan->kernels.at[i];
        int count = 0;
        for (int j = i; first->same == first && j < plan->kernels.count; j++) {
            if (plan->kernels.at[j]->same == first)
                names[count++] = plan->kernels.at[j]->name;
        }
        if (count < 2)
            continue;
        const char *name = shared_name(plan->arena, names, count);
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
