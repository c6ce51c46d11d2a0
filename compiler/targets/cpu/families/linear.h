/* Linear layers, which CONV and CONV_GRAD_WEIGHT compute. */
#ifndef NETC_TARGETS_CPU_FAMILIES_LINEAR_H
#define NETC_TARGETS_CPU_FAMILIES_LINEAR_H

#include "targets/cpu/families/family.h"

enum { PANEL = 48 }; /* outputs of a panel, at most */

/* The outputs side by side in a panel of `outs`. */
int64_t linear_panel(int64_t outs);

void layout_linear(Plan *plan, Kernel *kernel);
void layout_linear_grad_weight(Plan *plan, Kernel *kernel);
void layout_linear_grad_input(Plan *plan, Kernel *kernel); /* adds what transposes in front of it */

#endif
