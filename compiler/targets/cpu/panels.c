/* Panels: of a library, the weights of dense products as they are read, once and for all.
 *
 * Needs: a plan of one sample whose kernels have their dimensions (cpu_layout).
 * Guarantees: where weights are many, the outputs of a term lie side by side for one panel alone,
 * [panel][term][output], in a packed copy; the kernel is a BATCH kernel with a part for each panel. Sums are the same.
 *
 * A kernel reads the weights of some outputs, term after term. In a trainer these lie as far apart as there are
 * outputs, often a power of two, so that they come line by line, and push each other out of the caches; over a batch
 * that is made up for. One sample reads each weight once or a few dozen times. A panel of 16 outputs is a cache line:
 * of wider ones, a tile of two vectors of 8 would leave half of each line (measured on AVX2: a quarter slower). */
#include "targets/cpu/buffers.h"
#include "targets/cpu/cpu.h"
#include "targets/cpu/families/conv_sums.h"
#include "targets/cpu/families/transpose.h"

enum {
    NEAR_WEIGHTS = 8192, /* so many stay in a first-level cache wherever they lie */
    OUTPUTS = 16,        /* of a panel */
};

/* The terms of each of the kernel's sums. */
static int64_t terms_of(const Kernel *kernel)
{
    return kernel->dim[CONV_taps_y] * kernel->dim[CONV_taps_x] * kernel->dim[CONV_run];
}

/* Outputs of a panel; 0 where the weights stay as they are. */
static int64_t panel_of(const Kernel *kernel)
{
    const int64_t *d = kernel->dim, outs = d[CONV_outs] * (kernel->parts ? kernel->parts : 1);
    if (kernel->stage != STAGE_FORWARD || (kernel->family != FAMILY_CONV && kernel->family != FAMILY_CONV_POOL) ||
        kernel->operand[ROLE_W].buffer->space != SPACE_WEIGHTS || d[CONV_group_ins] || d[CONV_w_row] != outs ||
        terms_of(kernel) * outs <= NEAR_WEIGHTS)
        return 0;
    const int64_t panel = divisor_below(outs, PAD, OUTPUTS);
    return panel < outs ? panel : 0;
}

/* The kernel that copies the weights, panel by panel: a transposition from outputs side by side, as w's inputs are. */
static Buffer *pack_panels(Plan *plan, const Kernel *kernel, int64_t panel)
{
    const int64_t terms = terms_of(kernel), outs = kernel->dim[CONV_w_row];
    Buffer *packed = packed_weights(plan, kernel->value[ROLE_W], ".panels", terms * outs);
    int64_t *t = add_pack_kernel(plan, FAMILY_TRANSPOSE, kernel, packed)->dim;
    t[TRANSPOSE_taps_y] = outs / panel;
    t[TRANSPOSE_taps_x] = t[TRANSPOSE_step_y] = t[TRANSPOSE_step_x] = t[TRANSPOSE_w_in] = 1;
    t[TRANSPOSE_run] = t[TRANSPOSE_w_outs] = t[TRANSPOSE_w_group_outs] = terms;
    t[TRANSPOSE_ins] = t[TRANSPOSE_t_row] = t[TRANSPOSE_group_outs] = t[TRANSPOSE_w_run] = panel;
    t[TRANSPOSE_w_tap_y] = panel;
    t[TRANSPOSE_w_out] = outs;
    return packed;
}

void cpu_panels(Plan *plan)
{
    static const Role made[] = {ROLE_BIAS, ROLE_Y, ROLE_ARG};
    for (int i = 0, count = plan->kernels.count; i < count; i++) {
        Kernel *kernel = plan->kernels.at[i];
        const int64_t panel = panel_of(kernel), outs = kernel->dim[CONV_w_row];
        if (!panel)
            continue;
        kernel->operand[ROLE_W] = whole(pack_panels(plan, kernel, panel));
        kernel->operand[ROLE_W].step[0] = terms_of(kernel) * panel;
        for (int k = 0; k < 3; k++)
            if (kernel->operand[made[k]].buffer)
                kernel->operand[made[k]].step[0] = panel;
        kernel->dim[CONV_outs] = kernel->dim[CONV_group_outs] = kernel->dim[CONV_w_row] = panel;
        kernel->scope = SCOPE_BATCH;
        kernel_cut(kernel, outs / panel, 1, 1);
    }
}
