/* What layout.c, gradients.c and place.c share: the geometry of buffers and windows. */
#ifndef NETC_TARGETS_CPU_BUFFERS_H
#define NETC_TARGETS_CPU_BUFFERS_H

#include "targets/cpu/plan.h"

/* Channels are padded to whole vectors of the widest kind, so that the layout is the same for every width. */
enum { PAD = 16 };
static inline int64_t round_up(int64_t value, int64_t multiple)
{
    return (value + multiple - 1) / multiple * multiple;
}

/* How far apart rows of `count` floats lie that tiles read a few vectors of, row after row. Rows a multiple of four
 * cache lines apart would share a quarter of a first-level cache's sets or less: such get a line more. */
static inline int64_t spread_row(int64_t count)
{
    int64_t row = round_up(count, PAD);
    return row % (4 * PAD) ? row : row + PAD;
}

/* The inputs that a block of a grouped convolution's outputs reads. Outputs are cut into blocks of `outs` (a multiple
 * of PAD, or all of them); the block at output o reads `run` inputs from o / outs * ins on. */
typedef struct GroupWindow {
    int64_t outs, ins, run;
    int groups; /* in a block */
} GroupWindow;

/* `inputs`: all input channels, `pitch`: what a whole pixel of them takes. */
GroupWindow group_window(int groups, int64_t outs_per_group, int64_t ins_per_group, int64_t inputs, int64_t pitch);

/* The window through which a convolution reads `x`. */
GroupWindow conv_window(const Window *window, const Buffer *x, int64_t outs);

/* Whether a convolution between images of these shapes has a group for each channel, and as many outputs as inputs. */
bool is_depthwise(const Window *window, Shape x, Shape y);

/* The largest divisor of `count` that is a multiple of `multiple` and not above `most`; 0 where there is none. */
int64_t divisor_below(int64_t count, int64_t multiple, int64_t most);

/* The distance of the rows of the table that is fused into a kernel as its norm; 0: there is none. */
int64_t norm_row(const Plan *plan, const Kernel *kernel);

/* A buffer that only one kernel, or one part of a sweep, works in. */
Buffer *plan_scratch(Plan *plan, const char *name, int64_t floats);

Buffer *plan_buffer(Plan *plan, Space space, Element element, const char *name);

/* Makes the border of `buffer` at least this wide, in rows [0] and columns [1]; negative widths ask for nothing. */
void buffer_widen(Buffer *buffer, const int64_t before[2], const int64_t after[2]);

/* The buffer of a kernel's value in this role; NULL where it has none. */
Buffer *buffer_at(const Plan *plan, const Kernel *kernel, Role role);

/* An operand: a buffer from its start, or from its first element inside the border. */
Operand whole(Buffer *buffer);
Operand inside(Buffer *buffer);

/* Where the window of a convolution's first output starts in x; the multiplications and additions of one from x to
 * `outs` channels, for one sample. */
Operand first_window(Buffer *x, const Window *window);
double conv_flops(const Buffer *x, const Window *window, int64_t outs);

/* Merges the taps of CONV, CONV_POOL or CONV_GRAD_WEIGHT dimensions that follow each other in memory into one longer
 * run, where the outputs are not in blocks of groups. */
void merge_taps(int64_t *dim, bool grouped);

/* A layout of `weight` of its own, `floats` large, made anew after every update by the kernel that is added here. A
 * plan of evaluation has those of training. */
Buffer *derived_weights(Plan *plan, const Value *weight, const char *suffix, int64_t floats);
Kernel *add_derive_kernel(Plan *plan, Family family, const Kernel *reader, const char *suffix, Buffer *derived);

void place_parameters(Plan *plan);                                    /* parameters.c */
void layout_conv2d(Plan *plan, Kernel *kernel);                       /* convolutions.c */
void layout_conv2d_grad_weight(Plan *plan, Kernel *kernel);
/* A Winograd kernel over the image at `x`, with weights whose tap (0, 0) is `first_weight` from their start. */
void layout_winograd(Plan *plan, Kernel *kernel, const char *suffix, Operand x, int64_t rows, int64_t cols, Operand y,
                     WeightOrder order, int64_t first_weight);
void layout_depthwise(Plan *plan, Kernel *kernel);                    /* depthwise.c */
void layout_depthwise_grad_weight(Plan *plan, Kernel *kernel);
int64_t linear_panel(int64_t outs);                                   /* linear.c */
void layout_linear(Plan *plan, Kernel *kernel);
void layout_linear_grad_weight(Plan *plan, Kernel *kernel);
void layout_linear_grad_input(Plan *plan, Kernel *kernel);            /* appends its kernels */
void layout_grad_bias(Plan *plan, Kernel *kernel);
/* Dimensions act, act_a and act_b, the first of which is at `place`: the activation fused into the kernel. */
void set_activation(Kernel *kernel, int place);                       /* elementwise.c */
void layout_elementwise(Plan *plan, Kernel *kernel);
void layout_activation(Plan *plan, Kernel *kernel);
void layout_softmax(Plan *plan, Kernel *kernel);
void layout_prelu(Plan *plan, Kernel *kernel);
void layout_scale_channels(Plan *plan, Kernel *kernel);
void layout_flatten(Plan *plan, Kernel *kernel);
void layout_pad(Plan *plan, Kernel *kernel);
void layout_embedding(Plan *plan, Kernel *kernel);                    /* embedding.c */
void layout_swap(Plan *plan, Kernel *kernel);
int64_t embedding_part(Shape table); /* rows of a table whose gradient is one part; the last part may have fewer */
void layout_upsample(Plan *plan, Kernel *kernel);
void layout_norm(Plan *plan, Kernel *kernel);                         /* norms.c */
void layout_scale(Plan *plan, Kernel *kernel);
void layout_activation_grad_parts(Plan *plan, Kernel *kernel);
void border_for_conv2d_grad_input(const Kernel *kernel, Buffer *dy, const Buffer *dx);
void border_for_sparse_grad_input(const Kernel *kernel, const Buffer *dy, Buffer *dx);

/* Replaces `kernel`, a data gradient, by one kernel for each phase of the stride: appends them to plan->kernels. */
void layout_conv2d_grad_input(Plan *plan, Kernel *kernel);

#endif
