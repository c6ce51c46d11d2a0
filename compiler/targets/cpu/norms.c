/* Norms: part of the layout step. Images, and small ones whose rows are what is kept of each channel. */
#include "targets/cpu/buffers.h"

int64_t norm_row(const Plan *plan, const Kernel *kernel)
{
    return kernel->norm ? buffer_row(buffer_at(plan, kernel, ROLE_BIAS)) : 0;
}

/* The families' dimensions begin alike: rows, cols, channels; then a row and a column distance for each image, a row
 * distance for each table of channels, in the order of the operands; the activation last. */
void layout_norm(Plan *plan, Kernel *kernel)
{
    int64_t *d = kernel->dim;
    const Buffer *x = buffer_at(plan, kernel, ROLE_X);
    *d++ = x->rows;
    *d++ = x->cols;
    *d++ = x->pitch;
    for (int k = 0; kernel->roles[k]; k++) {
        const Role role = kernel->roles[k];
        Buffer *buffer = buffer_at(plan, kernel, role);
        bool table = role == ROLE_MOMENTS || role == ROLE_STATS || role == ROLE_SUMS || role == ROLE_DSTATS;
        kernel->operand[role] = inside(buffer);
        *d++ = buffer_row(buffer);
        if (!table)
            *d++ = buffer->pitch;
    }
    if (kernel->family != FAMILY_MOMENTS)
        set_activation(kernel, (int)(d - kernel->dim));
}

/* Images, and parameters that lie as an image without a border does. */
void layout_scale(Plan *plan, Kernel *kernel)
{
    bool gradient = kernel->family == FAMILY_SCALE_GRAD;
    int64_t *d = kernel->dim;
    const Buffer *image = buffer_at(plan, kernel, kernel->roles[0]);
    d[SCALE_rows] = image->rows;
    d[SCALE_length] = image->cols * image->pitch;
    for (int k = 0; kernel->roles[k]; k++) {
        const Role role = kernel->roles[k];
        Buffer *buffer = buffer_at(plan, kernel, role);
        bool parameter = buffer && (buffer->space == SPACE_WEIGHTS || buffer->space == SPACE_GRADIENTS);
        kernel->operand[role] = buffer && !parameter ? inside(buffer) : whole(buffer);
        int64_t row = !buffer ? 0 : parameter ? d[SCALE_length] : buffer_row(buffer);
        if (gradient)
            d[SCALE_GRAD_d_row + k] = row;
        else if (k != 2) /* the summand lies as the factor does */
            d[k < 2 ? SCALE_x_row + k : SCALE_y_row] = row;
    }
    d[gradient ? (int)SCALE_GRAD_has_x : (int)SCALE_has_b] = kernel->value[gradient ? ROLE_X : ROLE_BIAS] != NULL;
}
