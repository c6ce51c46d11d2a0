/* PANEL_GRAD_WEIGHT: its dimensions. */
#ifndef NETC_TARGETS_CPU_FAMILIES_PANEL_GRAD_WEIGHT_H
#define NETC_TARGETS_CPU_FAMILIES_PANEL_GRAD_WEIGHT_H

#include "targets/cpu/families/family.h"

/* g[p*16 + j][o] = sum over s < samples of x[p*x_panel + s*16 + j] * d[s*outs + o], for p < panels, j < 16 and
 * o < outs: x and d lie in panels, in which some channels of a sample follow the same ones of the sample before. */
#define PANEL_GRAD_WEIGHT_DIMS(D, F) D(F, samples) D(F, outs) D(F, panels) D(F, x_panel)
DIM_PLACES(PANEL_GRAD_WEIGHT)

/* Makes a linear layer's gradient over the batch one of these, with the kernels that copy x and dy into panels in front
 * of it. `panel`: outputs of a panel of the weights. Returns false where it is not worth it. */
bool layout_panel_grad_weight(Plan *plan, Kernel *kernel, int64_t inputs, int64_t panel);

#endif
