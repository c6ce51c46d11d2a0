/* ZERO_OUTSIDE_GROUPS: what a grouped convolution's weights have no place for. */
#include "targets/cpu/families/zero_outside_groups.h"

#include "targets/cpu/families/kernel_text.h"

/* Zeroes what of a grouped convolution's weight gradient lies outside the groups: row r of a tap and output o belong
 * together when (o/group_outs*group_ins + r)/ins_per_group == o/outs_per_group. */
#define ZERO_OUTSIDE_GROUPS_DIMS(D, F) D(F, taps) D(F, run) D(F, outs) D(F, w_row) D(F, group_outs) D(F, group_ins) \
    D(F, ins_per_group) D(F, outs_per_group)
DIM_PLACES(ZERO_OUTSIDE_GROUPS)

static void print_zero_outside_groups(KernelText *k)
{
    const char *tap = loop(k, "tap", dim(k, ZERO_OUTSIDE_GROUPS_taps));
    const char *r = loop(k, "r", dim(k, ZERO_OUTSIDE_GROUPS_run));
    begin(k, "for (long o = 0; o < %s; o++)", dim(k, ZERO_OUTSIDE_GROUPS_outs));
    const char *input = sum_of(k, product_of(k, quotient_of(k, "o", dim(k, ZERO_OUTSIDE_GROUPS_group_outs)),
                                             dim(k, ZERO_OUTSIDE_GROUPS_group_ins)), r);
    begin(k, "if (%s != %s)", quotient_of(k, input, dim(k, ZERO_OUTSIDE_GROUPS_ins_per_group)),
          quotient_of(k, "o", dim(k, ZERO_OUTSIDE_GROUPS_outs_per_group)));
    const char *row = sum_of(k, product_of(k, tap, dim(k, ZERO_OUTSIDE_GROUPS_run)), r);
    line(k, "g[%s] = 0;", sum_of(k, product_of(k, row, dim(k, ZERO_OUTSIDE_GROUPS_w_row)), "o"));
    end_all(k, 4);
}

Kernel *zero_outside_groups(Plan *plan, const Kernel *gradient, GroupWindow g, int64_t outs, int64_t ins)
{
    const Window *window = &gradient->op->attr.window;
    Kernel *zero = kernel_beside(plan, gradient, FAMILY_ZERO_OUTSIDE_GROUPS,
                                 arena_printf(plan->arena, "%s_outside_groups", gradient->name));
    zero->scope = SCOPE_MICROBATCH;
    zero->operand[ROLE_DW] = whole(buffer_at(plan, gradient, ROLE_DW));
    int64_t *d = zero->dim;
    d[ZERO_OUTSIDE_GROUPS_taps] = window->kernel[0] * window->kernel[1];
    d[ZERO_OUTSIDE_GROUPS_run] = g.run;
    d[ZERO_OUTSIDE_GROUPS_outs] = outs;
    d[ZERO_OUTSIDE_GROUPS_w_row] = round_up(outs, PAD);
    d[ZERO_OUTSIDE_GROUPS_group_outs] = g.outs;
    d[ZERO_OUTSIDE_GROUPS_group_ins] = g.ins;
    d[ZERO_OUTSIDE_GROUPS_ins_per_group] = ins / window->groups;
    d[ZERO_OUTSIDE_GROUPS_outs_per_group] = outs / window->groups;
    return zero;
}

/* CONV_GRAD_WEIGHT adds it, and lays it out. */
const FamilyInfo family_zero_outside_groups = {
    .name = "zero_outside_groups", HAS_DIMS(ZERO_OUTSIDE_GROUPS),
    .parameters = {MAKES(DW, g)},
    .print = print_zero_outside_groups, .says = "zeroes the products of channels that are not in one group",
};
