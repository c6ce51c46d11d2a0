/* Winograd convolutions: which convolutions they can compute, what they need and what they cost. */
#ifndef NETC_TARGETS_CPU_WINOGRAD_H
#define NETC_TARGETS_CPU_WINOGRAD_H

#include "targets/cpu/plan.h"

/* Whether a Winograd family computes the convolution of `window` with rows x cols outputs (before the pool, if it has
 * one) to `outs` channels, as they lie in memory: 3x3 or 5x5 taps, no stride, dilation or groups, `outs` a multiple
 * of 16, and outputs that fill a tile. Not whether it pays: see winograd_cost. */
bool winograd_fits(const Window *window, int64_t rows, int64_t cols, int64_t outs, bool pool);

/* Whether `family` reads an image through the transforms. */
bool is_winograd(Family family);

/* The family that does it. */
Family winograd_family(const Window *window, bool pool);

/* The tiles to work on at once, for dim[WINOGRAD3_block]; the other dimensions are set. */
int64_t winograd_block(Family family, const int64_t *dim);

/* Floats of scratch memory that a call needs, 64-byte aligned, for the thread alone. */
int64_t winograd_scratch(Family family, const int64_t *dim);

/* Floats of transformed weights, for outputs in multiples of 16. */
int64_t winograd_weights(Family family, int64_t ins, int64_t outs);

/* The time of a call, in the multiply-adds that a dense convolution does in it (which has images * rows * cols * outs *
 * taps * ins). */
double winograd_cost(Family family, const int64_t *dim);

#endif
