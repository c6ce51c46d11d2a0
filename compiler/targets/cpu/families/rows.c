/* Element-wise kernels: loops over rows of floats, and how such kernels are laid out. */
#include "targets/cpu/families/rows.h"

#include "base/fail.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/cuts.h"

void over_floats(KernelText *k, int length_dim, const char *vector, const char *scalar)
{
    const char *length = dim(k, length_dim);
    int64_t count;
    const bool exact = is_number(k, length, &count) && count % 16 == 0;
    if (exact) {
        vector_loop(k, "i", length);
        line(k, "%s", vector);
        end(k);
    } else {
        const char *whole = product_of(k, quotient_of(k, length, "VL"), "VL");
        begin(k, "for (long i = 0; i < %s; i += VL)", whole);
        line(k, "%s", vector);
        end(k);
        begin(k, "for (long i = %s; i < %s; i++)", whole, length);
        line(k, "%s", scalar);
        end(k);
    }
}

void over_rows(KernelText *k, int rows_dim, int length_dim, const char *vector, const char *scalar)
{
    loop(k, "r", dim(k, rows_dim));
    over_floats(k, length_dim, vector, scalar);
    end(k);
}

RowElement row_element(KernelText *k, const char *name, int rows_dim, int row)
{
    const char *r = dim_is(k, rows_dim, 1) ? "0" : "r";
    const char *offset = sum_of(k, product_of(k, r, dim(k, row)), "i");
    return (RowElement){sum_of(k, name, offset), arena_printf(k->arena, "%s[%s]", name, offset)};
}

/* What the families begin with. */
enum { ROWS, LENGTH, DISTANCES };

void layout_rows(Plan *plan, Kernel *kernel)
{
    for (int k = 0; kernel->roles[k]; k++) {
        const Role role = kernel->roles[k];
        Buffer *buffer = buffer_at(plan, kernel, role);
        kernel->operand[role] = inside(buffer);
        kernel->dim[ROWS] = buffer->rows;
        kernel->dim[LENGTH] = buffer->cols * buffer->pitch;
        kernel->dim[DISTANCES + k] = buffer_row(buffer);
    }
}

bool cut_rows(Kernel *kernel, Grid grid)
{
    if (grid.outs > 1 || !cut_dim(kernel, ROWS, grid.rows, 1))
        return false;
    for (int k = 0; kernel->roles[k]; k++)
        kernel->operand[kernel->roles[k]].step[1] = kernel->dim[ROWS] * kernel->dim[DISTANCES + k];
    return true;
}

void layout_rows_in_parts(Plan *plan, Kernel *kernel)
{
    const Kernel *maker = NULL; /* of dy, by part */
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *other = plan->kernels.at[i];
        maker = other->output == ROLE_Y && other->value[ROLE_Y] == kernel->value[ROLE_DY] ? other : maker;
    }
    if (!maker)
        fail_bug("%s goes along with no part", kernel->name);
    int64_t part = maker->operand[ROLE_Y].step[0], *d = kernel->dim;
    kernel_cut(kernel, maker->parts, 1, 1);
    d[ROWS] = plan->batch;
    d[LENGTH] = part;
    for (int k = 0; kernel->roles[k]; k++) {
        const Role role = kernel->roles[k];
        Buffer *buffer = buffer_at(plan, kernel, role);
        kernel->operand[role] = inside(buffer);
        kernel->operand[role].step[0] = part;
        d[DISTANCES + k] = buffer->stride;
    }
}
