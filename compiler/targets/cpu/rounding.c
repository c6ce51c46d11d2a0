/* How far the sums of a kernel are off.
 *
 * A sum of n products with random signs grows as sqrt(k), and each addition rounds what there is by about 0.4 of 2^-24:
 * together that is sqrt(n) * 0.29 of 2^-24 of the sum. Winograd's sums are of transformed products, fewer of them, and
 * what they are off by grows in the transform back; and the transforms round by themselves. */
#include "targets/cpu/rounding.h"

#include <math.h>

#include "targets/cpu/buffers.h"
#include "targets/cpu/choose.h"
#include "targets/cpu/families/winograd.h"

static const double unit = 0x1p-24; /* half of the distance from 1 to the next float */

/* Of families that add the products of the definition in order. */
static const Rounding in_order = {.once = 0.5, .growth = 0.3};

double family_rounding(Family family, double terms)
{
    const Rounding *own = &family_info(family)->rounding;
    const Rounding *rounding = own->growth > 0 ? own : &in_order;
    return unit * sqrt(rounding->once * rounding->once + rounding->growth * rounding->growth * terms);
}

static bool is_weight_gradient(const Op *op)
{
    return op->kind == OP_CONV2D_GRAD_WEIGHT || op->kind == OP_LINEAR_GRAD_WEIGHT;
}

/* The products that the definition adds for an element; where residues of a stride differ, no more than these. */
static double products(const Op *op)
{
    if (is_weight_gradient(op))
        return (double)shape_count(op->in[0]->shape) / (double)op->in[0]->shape.dim[0];
    if (op->kind == OP_CONV2D || op->kind == OP_LINEAR || op->kind == OP_LINEAR_GRAD_INPUT ||
        op_is_transposed(op->kind))
        return (double)shape_count(op->in[1]->shape) / (double)op->out[0]->shape.dim[0];
    return 0;
}

/* The terms of one sum of the kernel. A gradient's sums go on from sample to sample. */
static double terms(const Plan *plan, const GraphKernel *kernel, Family family, Scope scope)
{
    const double taps = family_info(family)->winograd;
    if (!is_weight_gradient(kernel->op))
        return products(kernel->op) / (taps > 0 ? taps * taps : 1);
    const int samples = scope == SCOPE_BATCH ? plan->batch : taps > 0 ? plan->microbatch : plan->shard;
    if (taps == 0)
        return samples * products(kernel->op);
    const Shape dy = shape_image(kernel->op->in[0]->shape);
    return samples * (double)(round_up(dy.dim[1], WINOGRAD_TILE) * round_up(dy.dim[2], WINOGRAD_TILE)) /
           (WINOGRAD_TILE * WINOGRAD_TILE);
}

double kernel_rounding(const Plan *plan, const GraphKernel *kernel, Family family, Scope scope)
{
    return products(kernel->op) > 0 ? family_rounding(family, terms(plan, kernel, family, scope)) : 0;
}

void check_precision(const Plan *plan, const Train *train, Diag *diag)
{
    const GraphKernel *worst = NULL;
    double largest = 0;
    if (train->precision == 0 || isinf(train->precision))
        return;
    for (int i = 0; i < plan->kernel_graph->kernels.count; i++) {
        const GraphKernel *kernel = plan->kernel_graph->kernels.at[i];
        const Choice *choice = &plan->choice[kernel->id];
        const double rounding = choice->made ? kernel_rounding(plan, kernel, choice->family, choice->scope) : 0;
        if (rounding <= largest)
            continue;
        largest = rounding;
        worst = kernel;
    }
    if (largest <= train->precision)
        return;
    const Choice *choice = &plan->choice[worst->id];
    const double tenth = pow(10, floor(log10(largest)) - 1); /* of the first digit */
    diag_error(diag, train->precision_span,
               "precision %g cannot be held in float32: a sum of %.0f products is off by about %.2g; write %.2g, or "
               "exact, which keeps to the definition's sums whatever they are off by",
               train->precision, terms(plan, worst, choice->family, choice->scope), largest,
               ceil(largest / tenth) * tenth);
    diag_note(diag, worst->op->span, "such sums are those of %s", worst->name);
}
