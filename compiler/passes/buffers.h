/* What layout.c, gradients.c and place.c share: the geometry of buffers and windows. */
#ifndef NETC_PASSES_BUFFERS_H
#define NETC_PASSES_BUFFERS_H

#include "passes/plan.h"

/* Channels are padded to whole vectors of the widest kind, so that the layout is the same for every width. */
enum { PAD = 16 };
int64_t round_up(int64_t value, int64_t multiple);

/* The inputs that a block of a grouped convolution's outputs reads. Outputs are cut into blocks of `outs` (a multiple of
 * PAD, or all of them); the block at output o reads `run` inputs from o / outs * ins on. */
typedef struct GroupWindow {
    int64_t outs, ins, run;
    int groups; /* in a block */
} GroupWindow;

/* `inputs`: all input channels, `pitch`: what a whole pixel of them takes. */
GroupWindow group_window(int groups, int64_t outs_per_group, int64_t ins_per_group, int64_t inputs, int64_t pitch);

/* The window through which a convolution reads `x`. */
GroupWindow conv_window(const Window *window, const Buffer *x, int64_t outs);

Buffer *plan_buffer(Plan *plan, Space space, Element element, const char *name);

/* Makes the border of `buffer` at least this wide, in rows [0] and columns [1]; negative widths ask for nothing. */
void buffer_widen(Buffer *buffer, const int64_t before[2], const int64_t after[2]);

/* Merges the taps of CONV or CONV_GRAD_WEIGHT dimensions that follow each other in memory into one longer run. */
void merge_taps(int64_t *dim, Family family);

/* A data gradient of a convolution: replaces `kernel` by one CONV for each phase of the stride, and adds the TRANSPOSE
 * kernels that make the weights it reads (gradients.c). Appends to plan->kernels. */
void layout_conv2d_grad_input(Plan *plan, Kernel *kernel);
void border_for_conv2d_grad_input(const Kernel *kernel, Buffer *dy, const Buffer *dx);
void layout_linear_grad_input(Plan *plan, Kernel *kernel);

#endif
