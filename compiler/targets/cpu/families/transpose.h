/* TRANSPOSE: its dimensions, for those who have it turn weights about. */
#ifndef NETC_TARGETS_CPU_FAMILIES_TRANSPOSE_H
#define NETC_TARGETS_CPU_FAMILIES_TRANSPOSE_H

#include "targets/cpu/families/family.h"

/* The weights a data gradient reads: for each tap (a, b) of taps_y x taps_x, row q < run and input channel i < ins:
 *     o = i/group_outs*group_ins + q                    (the dy channel)
 *     r = i - o/w_group_outs*w_group_ins                (its row within the forward weights' tap)
 *     t[((a*taps_x + b)*run + q)*t_row + i] = 0 <= r < w_run && o < w_outs
 *         ? w[(first_y + a*step_y)*w_tap_y + (first_x + b*step_x)*w_tap_x + r*w_in + o*w_out] : 0
 * Only rows of t in part `part` of `parts` are written. Fast where w_in or w_out is 1. */
#define TRANSPOSE_DIMS(D, F) D(F, taps_y) D(F, taps_x) D(F, run) D(F, ins) D(F, t_row) D(F, group_outs) \
    D(F, group_ins) D(F, w_run) D(F, w_outs) D(F, w_group_outs) D(F, w_group_ins) D(F, w_tap_y) D(F, w_tap_x) \
    D(F, w_in) D(F, w_out) D(F, first_y) D(F, first_x) D(F, step_y) D(F, step_x)
DIM_PLACES(TRANSPOSE)

#endif
