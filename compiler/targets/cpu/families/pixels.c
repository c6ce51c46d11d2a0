#include "targets/cpu/families/pixels.h"

#include "targets/cpu/buffers.h"

void layout_pixels(Plan *plan, Kernel *kernel, int distances)
{
    int64_t *d = kernel->dim;
    for (int k = 0; kernel->roles[k]; k++) {
        const Role role = kernel->roles[k];
        Buffer *buffer = buffer_at(plan, kernel, role);
        bool parameter = buffer->space == SPACE_WEIGHTS || buffer->space == SPACE_GRADIENTS;
        kernel->operand[role] = parameter ? whole(buffer) : inside(buffer);
        if (parameter)
            continue;
        d[0] = buffer->rows;
        d[1] = buffer->cols;
        d[2] = buffer->pitch;
        d[distances++] = buffer_row(buffer);
        d[distances++] = buffer->pitch;
    }
}
