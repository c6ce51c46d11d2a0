/* What layout.c, the families and place.c share: the geometry of buffers and windows. */
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

/* A buffer that only one kernel, or one part of a phase, works in. */
Buffer *plan_scratch(Plan *plan, const char *name, int64_t floats);

void scratch_resize(Buffer *scratch, int64_t floats);

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

/* Makes x's border as wide as the windows of a kernel's operation reach. */
void border_for_windows(Plan *plan, const Kernel *kernel);

/* How many samples go through a call together where Kernel.counts_samples: of the microbatch, or of the batch. */
int64_t samples_together(const Plan *plan, const Kernel *kernel);

/* A layout of `weight` of its own, `floats` large, made anew after every update by the kernel that is added here. A
 * plan of evaluation has those of training. */
Buffer *packed_weights(Plan *plan, const Value *weight, const char *suffix, int64_t floats);
Kernel *add_pack_kernel(Plan *plan, Family family, const Kernel *reader, Buffer *packed);

void place_parameters(Plan *plan); /* parameters.c */

/* A call's operands: whole buffers. */
void layout_call(Plan *plan, Kernel *kernel);

#endif
