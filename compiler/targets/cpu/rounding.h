/* Rounding: how far the sums of a kernel are off, and whether that is within `precision NUMBER` of the train block. */
#ifndef NETC_TARGETS_CPU_ROUNDING_H
#define NETC_TARGETS_CPU_ROUNDING_H

#include "model/model.h"
#include "targets/cpu/plan.h"

/* The root mean square of the errors of what `family` makes of sums of `terms`, as a share of that of what it makes,
 * where inputs and weights are independent with mean 0. tests/unit/test_kernels_winograd.c measures it. */
double family_rounding(Family family, double terms);

/* The same of a kernel that is computed by `family`, about as much of the batch as `scope` says; 0: it adds no
 * products. The microbatch and the shard are set. */
double kernel_rounding(const Plan *plan, const GraphKernel *kernel, Family family, Scope scope);

/* Reports a precision that sums in float32 cannot hold in a plan whose kernels are chosen. */
void check_precision(const Plan *plan, const Train *train, Diag *diag);

#endif
