/* PANEL_GRAD_INPUT: its dimensions. */
#ifndef NETC_TARGETS_CPU_FAMILIES_PANEL_GRAD_INPUT_H
#define NETC_TARGETS_CPU_FAMILIES_PANEL_GRAD_INPUT_H

#include "targets/cpu/families/family.h"

/* dx[s*dx_sample + i] = sum over p < panels and o < outs of dy[s*dy_sample + p*outs + o] * w[p*w_panel + i*outs + o],
 * for s < samples and i < ins. The weights lie in panels of `outs` outputs. */
#define PANEL_GRAD_INPUT_DIMS(D, F) D(F, samples) D(F, ins) D(F, outs) D(F, panels) D(F, w_panel) D(F, dy_sample) \
    D(F, dx_sample)
DIM_PLACES(PANEL_GRAD_INPUT)

/* Makes the gradient of a linear layer's inputs over the batch one of these. Returns false where it is not worth it. */
bool layout_panel_grad_input(Plan *plan, Kernel *kernel, int64_t inputs);

#endif
