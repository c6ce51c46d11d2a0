/* PANEL_GRAD_INPUT: the gradient of a linear layer's inputs over a batch of few samples.
 *
 * The sum of an input goes over all outputs, which the weights have side by side. Lanes are inputs, so weights have to
 * be turned about, and for few samples that takes longer than the products. So a part goes through the stretch of each
 * panel that it needs from start to end, turns a block at a time about in registers, and adds its products at once. A
 * part's sums stay in a first-level cache. */
#include "targets/cpu/families/panel_grad_input.h"

#include <string.h>

#include "targets/cpu/buffers.h"
#include "targets/cpu/families/kernel_text.h"

static void print_panel_grad_input(KernelText *k)
{
    const char *outs = dim(k, PANEL_GRAD_INPUT_outs);
    const int depth = k->depth;
    const char *p = loop(k, "p", dim(k, PANEL_GRAD_INPUT_panels));
    const char *i = vector_loop(k, "i", dim(k, PANEL_GRAD_INPUT_ins));
    const char *row = sum_of(k, product_of(k, p, dim(k, PANEL_GRAD_INPUT_w_panel)), product_of(k, i, outs));
    line(k, "const float *wi = %s;", sum_of(k, "w", row));
    const char *o = vector_loop(k, "o", outs);
    line(k, "vec turned[VL];");
    begin(k, "EACH(n, VL)");
    line(k, "turned[n] = vec_load(%s);", sum_of(k, sum_of(k, "wi", product_of(k, "n", outs)), o));
    end(k);
    line(k, "vec_turn(turned);");
    const char *s = loop(k, "s", dim(k, PANEL_GRAD_INPUT_samples));
    const char *sample = product_of(k, s, dim(k, PANEL_GRAD_INPUT_dy_sample));
    const char *from = sum_of(k, sample, sum_of(k, product_of(k, p, outs), o));
    const char *to = sum_of(k, sum_of(k, "dx", product_of(k, s, dim(k, PANEL_GRAD_INPUT_dx_sample))), i);
    line(k, "vec sum = %s == 0 ? vec_zero() : vec_load(%s);", sum_of(k, p, o), to);
    begin(k, "EACH(n, VL)");
    line(k, "sum = vec_fma(vec_all_of(%s), turned[n], sum);", sum_of(k, sum_of(k, "dy", from), "n"));
    end(k);
    line(k, "vec_store(%s, sum);", to);
    end_all(k, k->depth - depth);
}

enum {
    FEW_SAMPLES = 8,
    PART_INPUTS = 512,  /* of a part, at most: their sums for all samples stay in a first-level cache, */
    FEWEST_PARTS = 16,  /* where there are inputs enough */
};

bool layout_panel_grad_input(Plan *plan, Kernel *kernel, int64_t inputs)
{
    if (plan->batch > FEW_SAMPLES)
        return false;
    Buffer *weights = buffer_at(plan, kernel, ROLE_W);
    const int64_t outs = kernel->operand[ROLE_X].buffer->pitch, shared = inputs / FEWEST_PARTS;
    const int64_t most = shared < PART_INPUTS ? shared : PART_INPUTS;
    const int64_t part = divisor_below(inputs, PAD, most < PAD ? PAD : most);
    kernel_set_family(kernel, FAMILY_PANEL_GRAD_INPUT);
    kernel_cut(kernel, inputs / part, 1, 1);
    kernel->operand[ROLE_W] = whole(weights);
    kernel->operand[ROLE_W].step[0] = part * weights->panel;
    kernel->operand[ROLE_Y].step[0] = part;
    int64_t *d = kernel->dim;
    memset(d, 0, sizeof kernel->dim);
    d[PANEL_GRAD_INPUT_ins] = part;
    d[PANEL_GRAD_INPUT_outs] = weights->panel;
    d[PANEL_GRAD_INPUT_panels] = outs / weights->panel;
    d[PANEL_GRAD_INPUT_w_panel] = inputs * weights->panel;
    return true;
}

static void count_samples(const Plan *plan, Kernel *kernel)
{
    kernel->dim[PANEL_GRAD_INPUT_samples] = samples_together(plan, kernel);
    kernel->dim[PANEL_GRAD_INPUT_dy_sample] = kernel->operand[ROLE_X].buffer->stride;
    kernel->dim[PANEL_GRAD_INPUT_dx_sample] = kernel->operand[ROLE_Y].buffer->stride;
}

/* layout_linear_grad_input makes it of CONV. */
const FamilyInfo family_panel_grad_input = {
    .name = "panel_grad_input", HAS_DIMS(PANEL_GRAD_INPUT),
    .parameters = {READS(X, dy), READS(W, w), MAKES(Y, dx)},
    .count_samples = count_samples, .print = print_panel_grad_input,
};
