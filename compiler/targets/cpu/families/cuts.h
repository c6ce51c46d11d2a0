/* How kernels over images are cut into parts: what families share. */
#ifndef NETC_TARGETS_CPU_FAMILIES_CUTS_H
#define NETC_TARGETS_CPU_FAMILIES_CUTS_H

#include "targets/cpu/families/family.h"

/* Cuts a dimension into `count` alike; false where they would not be whole multiples of `multiple`. */
bool cut_dim(Kernel *kernel, int dim, int64_t count, int64_t multiple);

/* Cuts a kernel that computes each channel by itself: dimension `channels` of it, and no rows. */
bool cut_channels(Kernel *kernel, Grid grid, int channels);

#endif
