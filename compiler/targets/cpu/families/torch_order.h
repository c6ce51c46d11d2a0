/* Loops over an image in torch's order and channels-last at the same time. */
#ifndef NETC_TARGETS_CPU_FAMILIES_TORCH_ORDER_H
#define NETC_TARGETS_CPU_FAMILIES_TORCH_ORDER_H

#include "targets/cpu/families/kernel_text.h"

typedef struct Place {
    const char *flat, *spread; /* offsets in torch's order and in channels-last order */
} Place;

/* Opens the loops over rows, cols and channels, the family's first three dimensions; the image's distances are its
 * dimensions x_row and x_col. */
Place places(KernelText *k, int x_row, int x_col);

#endif
