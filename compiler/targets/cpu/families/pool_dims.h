/* The geometry of pools' windows: the dimensions that all of them begin with. */
#ifndef NETC_TARGETS_CPU_FAMILIES_POOL_DIMS_H
#define NETC_TARGETS_CPU_FAMILIES_POOL_DIMS_H

#include "targets/cpu/families/kernel_text.h"

#define POOL_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, in_rows) D(F, in_cols) D(F, kernel_y) \
    D(F, kernel_x) D(F, stride_y) D(F, stride_x) D(F, padding_y) D(F, padding_x)
DIM_PLACES(POOL)

static inline void set_pool_dims(int64_t *d, const Window *w, const Buffer *in, const Buffer *out,
                                 int64_t channels)
{
    d[POOL_rows] = out->rows;
    d[POOL_cols] = out->cols;
    d[POOL_channels] = channels;
    d[POOL_in_rows] = in->rows;
    d[POOL_in_cols] = in->cols;
    d[POOL_kernel_y] = w->kernel[0];
    d[POOL_kernel_x] = w->kernel[1];
    d[POOL_stride_y] = w->stride[0];
    d[POOL_stride_x] = w->stride[1];
    d[POOL_padding_y] = w->padding[0];
    d[POOL_padding_x] = w->padding[1];
}

/* Cuts a pool, or its gradient, by its channels, and by its rows where no window reaches over an edge. `in`: the role
 * of what the windows lie over. */
bool cut_pool(Kernel *kernel, Grid grid, Role in, const Window *window);

#endif
