/* ADD: element by element over rows of floats. */
#include "targets/cpu/channels.h"
#include "targets/cpu/families/cuts.h"
#include "targets/cpu/families/finish.h"
#include "targets/cpu/families/rows.h"

/* y = f(a + b), over `cols` stretches of `length` floats in each row (length is a multiple of 4, the stretches are
 * 16-byte aligned): all of a row is one, but where an image is some channels of a wider one each pixel is. */
#define ADD_DIMS(D, F) D(F, rows) D(F, cols) D(F, length) D(F, a_row) D(F, a_col) D(F, b_row) D(F, b_col) \
    D(F, y_row) D(F, y_col) ACT_DIMS(D, F)
DIM_PLACES(ADD)

/* "a + r * 64 + c * 16 + i" and "a[r * 64 + c * 16 + i]" */
static RowElement at(KernelText *k, const char *name, const char *r, int row, const char *c)
{
    const char *offset = sum_of(k, offset_of(k, r, dim(k, row), c, dim(k, row + 1)), "i");
    return (RowElement){sum_of(k, name, offset), arena_printf(k->arena, "%s[%s]", name, offset)};
}

static void print_add(KernelText *k)
{
    const char *r = loop(k, "r", dim(k, ADD_rows)), *c = loop(k, "c", dim(k, ADD_cols));
    const RowElement a = at(k, "a", r, ADD_a_row, c), b = at(k, "b", r, ADD_b_row, c), y = at(k, "y", r, ADD_y_row, c);
    const char *vector = arena_printf(k->arena, "vec_load(%s) + vec_load(%s)", a.address, b.address);
    const char *one = arena_printf(k->arena, "%s + %s", a.value, b.value);
    if (dim_is(k, ADD_act, ACT_RELU))
        one = arena_printf(k->arena, "%s, %s = %s <= 0 ? 0 : %s", one, y.value, y.value, y.value);
    else if (!dim_is(k, ADD_act, ACT_NONE))
        one = arena_printf(k->arena, "%s[0]", activated(k, ADD_act, arena_printf(k->arena, "vec_all(%s)", one)));
    over_floats(k, ADD_length, arena_printf(k->arena, "vec_store(%s, %s);", y.address, activated(k, ADD_act, vector)),
                arena_printf(k->arena, "%s = %s;", y.value, one));
    end_all(k, 2);
}

static void layout(Plan *plan, Kernel *kernel)
{
    static const Role roles[] = {ROLE_A, ROLE_B, ROLE_Y};
    const Buffer *y = buffer_at(plan, kernel, ROLE_Y);
    int64_t *d = kernel->dim;
    bool pixels = false;
    for (int i = 0; i < 3; i++)
        pixels = pixels || has_some_channels(plan, kernel->value[roles[i]]);
    d[ADD_rows] = y->rows;
    d[ADD_cols] = pixels ? y->cols : 1;
    d[ADD_length] = pixels ? padded_channels(plan, kernel, ROLE_Y) : y->cols * y->pitch;
    for (int i = 0; i < 3; i++) {
        const Buffer *buffer = buffer_at(plan, kernel, roles[i]);
        kernel->operand[roles[i]] = inside_value(plan, kernel, roles[i]);
        d[ADD_a_row + 2 * i] = buffer_row(buffer);
        d[ADD_a_col + 2 * i] = pixels ? buffer->pitch : 0;
    }
    set_activation(kernel, ADD_act);
}

static bool cut(Kernel *kernel, Grid grid)
{
    if (grid.outs > 1 || !cut_dim(kernel, ADD_rows, grid.rows, 1))
        return false;
    for (int i = 0; kernel->roles[i]; i++)
        kernel->operand[kernel->roles[i]].step[1] = kernel->dim[ADD_rows] * kernel->dim[ADD_a_row + 2 * i];
    return true;
}

const FamilyInfo family_add = {
    .name = "add", HAS_DIMS(ADD),
    .parameters = {READS(A, a), READS(B, b), MAKES(Y, y)},
    .computes = {{&op_add, .some_channels = {ROLE_A, ROLE_B, ROLE_Y}}},
    .layout = layout, .cut = cut, .print = print_add,
};
