/* How pools are cut. */
#include "targets/cpu/families/pool_dims.h"

#include "targets/cpu/families/cuts.h"

/* Whether a pool's windows can be shared out along the rows. A part does not know which one it is, so that no window
 * may reach over an edge; and in a gradient none may reach into what another part makes. */
static bool has_rows_apart(const Kernel *kernel, Role in, const Window *window)
{
    const int64_t *d = kernel->dim, stride = d[POOL_stride_y];
    const int64_t extent = (d[POOL_kernel_y] - 1) * window->dilation[0] + 1;
    if (window->adaptive || d[POOL_padding_y] || (d[POOL_rows] - 1) * stride + extent > d[POOL_in_rows])
        return false;
    return in != ROLE_DX || (extent <= stride && d[POOL_rows] * stride == d[POOL_in_rows]);
}

bool cut_pool(Kernel *kernel, Grid grid, Role in, const Window *window)
{
    int64_t *d = kernel->dim;
    const int64_t rows = grid.rows;
    grid.rows = 1;
    if ((rows > 1 && !has_rows_apart(kernel, in, window)) || !cut_dim(kernel, POOL_rows, rows, 1) ||
        !cut_channels(kernel, grid, POOL_channels))
        return false;
    if (in == ROLE_DX)
        d[POOL_in_rows] /= rows;
    for (const Role *role = kernel->roles; *role; role++) {
        Operand *operand = &kernel->operand[*role];
        if (operand->buffer)
            operand->step[1] = d[POOL_rows] * (*role == in ? d[POOL_stride_y] : 1) * buffer_row(operand->buffer);
    }
    return true;
}
