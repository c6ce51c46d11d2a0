/* ZERO_OUTSIDE_GROUPS: what clears the gradient of a grouped convolution's weights. */
#ifndef NETC_TARGETS_CPU_FAMILIES_ZERO_OUTSIDE_GROUPS_H
#define NETC_TARGETS_CPU_FAMILIES_ZERO_OUTSIDE_GROUPS_H

#include "targets/cpu/buffers.h"

/* The kernel behind `gradient`, whose weights' gradient has blocks of groups as `window` says, for a convolution of
 * `ins` channels to `outs`. It is in no list yet. */
Kernel *zero_outside_groups(Plan *plan, const Kernel *gradient, GroupWindow window, int64_t outs, int64_t ins);

#endif
