/* What follows the sums of a convolution, for the families that end in it: the bias, the norm of evaluation mode (which
 * goes by a table whose first row is the bias), ReLU; and how that goes with a pool. */
#ifndef NETC_EMIT_KERNEL_FINISH_H
#define NETC_EMIT_KERNEL_FINISH_H

#include "emit/kernel_text.h"

/* The places of the dimensions that say so in a family. */
typedef struct Finish {
    int has_bias, norm_row, relu;
} Finish;

/* Whether the sums stay as they are. */
bool finish_is_nothing(const KernelText *k, const Finish *f);

/* (void)bias; where nothing reads it. */
void finish_unused(KernelText *k, const Finish *f);

/* The statements that make of `name`, a vector of sums, what is stored; `at` is the first of its outputs. */
void finish_sum(KernelText *k, const Finish *f, const char *name, const char *at);

/* The same with a pool of `name` in between. A norm goes before the maximum is taken, since a factor may be negative:
 * finish_begin_unpooled opens what is done then (false where nothing is, not even `end`), finish_unpooled is for each
 * element. Otherwise the bias is added to the maximum, which gives the same for a fourth of the work. */
bool finish_begin_unpooled(KernelText *k, const Finish *f);
void finish_unpooled(KernelText *k, const Finish *f, const char *name, const char *at);
void finish_pooled(KernelText *k, const Finish *f, const char *name, const char *at);

#endif
