/* RELU, RELU_GRAD, ADD, SCALE_MASK, SCALE, SCALE_GRAD: element by element over rows of floats. */
#include "targets/cpu/families/finish.h"
#include "targets/cpu/families/rows.h"

void over_rows(KernelText *k, int rows_dim, int length_dim, const char *vector, const char *scalar)
{
    const char *length = dim(k, length_dim);
    int64_t count;
    const bool exact = is_number(length, &count) && count % 16 == 0;
    loop(k, "r", dim(k, rows_dim));
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
    end(k);
}

RowElement row_element(KernelText *k, const char *name, int rows_dim, int row)
{
    const char *r = dim_is(k, rows_dim, 1) ? "0" : "r";
    const char *offset = sum_of(k, product_of(k, r, dim(k, row)), "i");
    return (RowElement){sum_of(k, name, offset), arena_printf(k->arena, "%s[%s]", name, offset)};
}

void emit_relu(KernelText *k)
{
    const RowElement x = row_element(k, "x", RELU_rows, RELU_x_row), y = row_element(k, "y", RELU_rows, RELU_y_row);
    over_rows(k, RELU_rows, RELU_length,
              arena_printf(k->arena, "vec_store(%s, vec_relu(vec_load(%s)));", y.address, x.address),
              arena_printf(k->arena, "%s = %s <= 0 ? 0 : %s;", y.value, x.value, x.value));
}

void emit_relu_grad(KernelText *k)
{
    const RowElement dy = row_element(k, "dy", RELU_GRAD_rows, RELU_GRAD_dy_row),
                  y = row_element(k, "y", RELU_GRAD_rows, RELU_GRAD_y_row),
                  dx = row_element(k, "dx", RELU_GRAD_rows, RELU_GRAD_dx_row);
    over_rows(k, RELU_GRAD_rows, RELU_GRAD_length,
              arena_printf(k->arena, "vec_store(%s, vec_relu_grad(vec_load(%s), vec_load(%s)));", dx.address,
                           dy.address, y.address),
              arena_printf(k->arena, "%s = %s <= 0 ? 0 : %s;", dx.value, y.value, dy.value));
}

void emit_add(KernelText *k)
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

void emit_scale_mask(KernelText *k)
{
    const RowElement x = row_element(k, "x", SCALE_MASK_rows, SCALE_MASK_x_row),
                  y = row_element(k, "y", SCALE_MASK_rows, SCALE_MASK_y_row),
                  mask = row_element(k, "mask", SCALE_MASK_rows, SCALE_MASK_mask_row);
    const char *kept = arena_printf(k->arena, "vec_where_set(vec_all(scale), ivec_load_bytes(%s))", mask.address);
    over_rows(k, SCALE_MASK_rows, SCALE_MASK_length,
              arena_printf(k->arena, "vec_store(%s, vec_load(%s) * %s);", y.address, x.address, kept),
              arena_printf(k->arena, "%s = %s * (%s ? scale : 0);", y.value, x.value, mask.value));
}

void emit_scale(KernelText *k)
{
    const RowElement x = row_element(k, "x", SCALE_rows, SCALE_x_row), w = row_element(k, "w", SCALE_rows, SCALE_w_row),
                  b = row_element(k, "b", SCALE_rows, SCALE_w_row), y = row_element(k, "y", SCALE_rows, SCALE_y_row);
    if (dim_is(k, SCALE_has_b, 0))
        line(k, "(void)b;");
    loop(k, "r", dim(k, SCALE_rows));
    vector_loop(k, "i", dim(k, SCALE_length));
    line_if(k, SCALE_has_b, "vec_store(%s, vec_fma(vec_load(%s), vec_load(%s), vec_load(%s)));", y.address, x.address,
            w.address, b.address);
    line_unless(k, SCALE_has_b, "vec_store(%s, vec_load(%s) * vec_load(%s));", y.address, x.address, w.address);
    end_all(k, 2);
}

void emit_scale_grad(KernelText *k)
{
    const RowElement d = row_element(k, "d", SCALE_GRAD_rows, SCALE_GRAD_d_row),
                  x = row_element(k, "x", SCALE_GRAD_rows, SCALE_GRAD_x_row),
                  g = row_element(k, "g", SCALE_GRAD_rows, SCALE_GRAD_g_row);
    if (dim_is(k, SCALE_GRAD_has_x, 0))
        line(k, "(void)x;");
    loop(k, "r", dim(k, SCALE_GRAD_rows));
    vector_loop(k, "i", dim(k, SCALE_GRAD_length));
    line_if(k, SCALE_GRAD_has_x, "vec_store(%s, vec_fma(vec_load(%s), vec_load(%s), vec_load(%s)));", g.address,
            d.address, x.address, g.address);
    line_unless(k, SCALE_GRAD_has_x, "vec_store(%s, vec_load(%s) + vec_load(%s));", g.address, g.address, d.address);
    end_all(k, 2);
}
