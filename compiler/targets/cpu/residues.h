/* The data gradient of a strided convolution, as ordinary convolutions over dy.
 *
 * Along one axis the forward pass adds w[k] * x[q*stride - padding + k*dilation] to y[q], so that
 *     dx[p] = sum over k, q with q*stride - padding + k*dilation == p of w[k] * dy[q].
 * The positions p = residue + m*stride of one residue (0 <= residue < stride) all use the same taps k. Each of these
 * taps finds its q at a fixed distance from m: each residue is a convolution without a stride. */
#ifndef NETC_TARGETS_CPU_RESIDUES_H
#define NETC_TARGETS_CPU_RESIDUES_H

#include <stdint.h>

typedef struct ResidueAxis {
    int kernel, stride, padding, dilation;
    int64_t in, out; /* extents of x and y */
} ResidueAxis;

/* dx[residue + m*stride] = sum over t < taps of w[first_tap + t*tap_step] * dy[m + first + t*step], for m < count.
 * Taps are numbered so that step > 0: those of stride 1 and dilation 1 lie side by side in dy. */
typedef struct Residue {
    int taps;                /* 0: dx is 0 here */
    int first_tap, tap_step; /* tap_step < 0 */
    int64_t first;           /* may be negative: dy needs a border of zeros */
    int64_t step;
    int64_t count;           /* positions of dx in this residue; 0 where x is shorter than the stride */
    int64_t border_before, border_after; /* zeros that dy needs around [0, out) */
} Residue;

Residue residue_of(const ResidueAxis *axis, int residue);

#endif
