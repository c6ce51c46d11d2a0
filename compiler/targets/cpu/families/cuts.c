/* How kernels over images are cut. */
#include "targets/cpu/families/cuts.h"

#include "targets/cpu/buffers.h"

bool cut_dim(Kernel *kernel, int dim, int64_t count, int64_t multiple)
{
    if (kernel->dim[dim] % count || (count > 1 && kernel->dim[dim] / count % multiple))
        return false;
    kernel->dim[dim] /= count;
    return true;
}

bool cut_channels(Kernel *kernel, Grid grid, int channels)
{
    if (grid.rows > 1 || !cut_dim(kernel, channels, grid.outs, PAD))
        return false;
    for (const Role *role = kernel->roles; *role; role++) {
        if (kernel->operand[*role].buffer)
            kernel->operand[*role].step[2] = kernel->dim[channels];
    }
    return true;
}
