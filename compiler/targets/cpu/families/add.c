/* ADD: element by element over rows of floats. */
#include "targets/cpu/families/finish.h"
#include "targets/cpu/families/rows.h"

/* y = f(a + b), over rows of `length` floats (length is a multiple of 4, row starts are 16-byte aligned). */
#define ADD_DIMS(D, F) D(F, rows) D(F, length) D(F, a_row) D(F, b_row) D(F, y_row) ACT_DIMS(D, F)
DIM_PLACES(ADD)

static void print_add(KernelText *k)
{
    const RowElement a = row_element(k, "a", ADD_rows, ADD_a_row), b = row_element(k, "b", ADD_rows, ADD_b_row),
                  y = row_element(k, "y", ADD_rows, ADD_y_row);
    const char *vector = arena_printf(k->arena, "vec_load(%s) + vec_load(%s)", a.address, b.address);
    const char *one = arena_printf(k->arena, "%s + %s", a.value, b.value);
    if (dim_is(k, ADD_act, ACT_RELU))
        one = arena_printf(k->arena, "%s, %s = %s <= 0 ? 0 : %s", one, y.value, y.value, y.value);
    else if (!dim_is(k, ADD_act, ACT_NONE))
        one = arena_printf(k->arena, "%s[0]", activated(k, ADD_act, arena_printf(k->arena, "vec_all(%s)", one)));
    over_rows(k, ADD_rows, ADD_length,
              arena_printf(k->arena, "vec_store(%s, %s);", y.address, activated(k, ADD_act, vector)),
              arena_printf(k->arena, "%s = %s;", y.value, one));
}

static void layout(Plan *plan, Kernel *kernel)
{
    layout_rows(plan, kernel);
    set_activation(kernel, ADD_act);
}

const FamilyInfo family_add = {
    .name = "add", HAS_DIMS(ADD),
    .parameters = {READS(A, a), READS(B, b), MAKES(Y, y)},
    .computes = {{&op_add}},
    .layout = layout, .cut = cut_rows, .print = print_add,
};
