/* How CONV and CONV_POOL add the terms of a tile's sums: the text of both up to what becomes of the sums. */
#ifndef NETC_TARGETS_CPU_FAMILIES_CONV_SUMS_H
#define NETC_TARGETS_CPU_FAMILIES_CONV_SUMS_H

#include "targets/cpu/families/conv.h"
#include "targets/cpu/families/kernel_text.h"

/* Pixels of a call that make up for copying the weights of a block of terms. */
enum { NEAR_PIXELS = 32 };

/* Where the tile at hand begins: its image, and its first pixel, or window where windows are pooled. */
typedef struct Place {
    const char *s, *r, *c;
    const char *sums; /* its sums in memory, from block to block of terms; NULL where they stay in registers */
    int depth;        /* of the text around all loops */
} Place;

/* Prints the loops over the tiles, and in them acc[ROWS][COLS][VECS] = the sums of the tile at hand; where `stored`,
 * also in their place in memory, if they have one. A pixel of `y` is a window of `divisor` pixels either way. The loops
 * are left open. */
Place conv_sums(KernelText *k, int divisor, bool stored);

/* Where the tile's image begins, images being dimension `d` apart. */
const char *image_of(KernelText *k, const char *first, const Place *tile, int d);

#endif
