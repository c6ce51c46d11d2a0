/* What follows when a kernel has all else: an activation. And what follows the sums of a convolution, for the families
 * that end in it: the bias, the norm of evaluation mode (which goes by a table whose first row is the bias), an
 * activation; and how that goes with a pool. */
#ifndef NETC_TARGETS_CPU_FAMILIES_FINISH_H
#define NETC_TARGETS_CPU_FAMILIES_FINISH_H

#include "targets/cpu/families/kernel_text.h"

/* The activation that is fused into a kernel: f(x) is x where act is 0, max(x, 0) where it is 1, and vec_<f>(x, a, b)
 * of activations.h where it is ACT_FIRST (plan.h) and more, by graph/activations.def; act_a and act_b are the bits of
 * the floats a and b. */
#define ACT_DIMS(D, F) D(F, act) D(F, act_a) D(F, act_b)

/* Sets dimensions act, act_a and act_b, the first of which is at `place`: the activation fused into the kernel. */
void set_activation(Kernel *kernel, int place);

/* The distance of the rows of the table that is fused into a kernel as its norm; 0: there is none. */
int64_t norm_row(const Plan *plan, const Kernel *kernel);

/* The activation that dimension `act` and the two behind it name (ACT_DIMS): an expression of what it makes of the
 * vector `x`, which is `x` where there is none; and of the gradient that `dy` becomes through it, where it was made of
 * `x`. A model's own kernels name its function; the prebuilt ones call vec_activated and vec_activated_grad, which
 * emit_activated prints in front of them: those look at run time. */
const char *activated(KernelText *k, int act, const char *x);
const char *activated_grad(KernelText *k, int act, const char *dy, const char *x);
void emit_activated(Text *out);

/* The statement that makes of the vector `name` what the activation makes of it; none where there is no activation. */
void activate(KernelText *k, int act, const char *name);
/* And that which makes of `dy` the gradient by `x`, of which the activation was made. */
void activate_grad(KernelText *k, int act, const char *dy, const char *x);

/* Whether a dimension is 0 in all kernels that share the text. */
bool is_never(const KernelText *k, int d);

/* The places of the dimensions that say so in a family; act_first: where it ends in a pool. */
typedef struct Finish {
    int has_bias, norm_row, act, act_first;
} Finish;

/* Whether it is known only when the kernel runs, as in prebuilt ones. What may follow then stands once, in a loop over
 * sums that went to memory: unrolled it would be half of a kernel's code, and of the time that compiling takes. */
bool finish_is_open(const KernelText *k, const Finish *f);

/* Whether the sums stay as they are. */
bool finish_is_nothing(const KernelText *k, const Finish *f);

/* The statements that make of `name`, a vector of sums, what is stored; `at` is the first of its outputs. */
void finish_sum(KernelText *k, const Finish *f, const char *name, const char *at);

/* The same with a pool of `name` in between. A norm goes before the maximum is taken, since a factor may be negative,
 * and so does an activation that is the first: finish_begin_unpooled opens what is done then (false where nothing is,
 * not even `end`), finish_unpooled is for each element. Otherwise the bias is added to the maximum, which gives the
 * same for a fourth of the work. */
bool finish_begin_unpooled(KernelText *k, const Finish *f);
void finish_unpooled(KernelText *k, const Finish *f, const char *name, const char *at);
void finish_pooled(KernelText *k, const Finish *f, const char *name, const char *at);

#endif
