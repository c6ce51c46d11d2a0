/* CONV and CONV_POOL: a tile of pixels by vectors of outputs stays in registers while all taps are added. */
#include "emit/kernel_text.h"

enum { ROWS = 1 << PART_ROWS, COLS = 1 << PART_COLS, VECS = 1 << PART_VECS, ALL = ROWS | COLS | VECS };

/* CONV_POOL's dimensions begin with CONV's. */
_Static_assert((int)CONV_POOL_relu == (int)CONV_relu, "CONV_POOL_DIMS begins with CONV_DIMS");

/* Whether nothing is added: phases of a stride may have no tap. */
static bool has_no_taps(const KernelText *k)
{
    return dim_is(k, CONV_taps_y, 0) || dim_is(k, CONV_taps_x, 0);
}

/* The inputs from `at` on, at tap (a, b) of the tile at pixel (r, c). */
static const char *input_at(KernelText *k, const char *at, const char *r, const char *c, const char *a, const char *b)
{
    const char *row = dim(k, CONV_x_row), *col = dim(k, CONV_x_col), *tap_y = dim(k, CONV_x_tap_y),
               *tap_x = dim(k, CONV_x_tap_x);
    int64_t x, y;
    if (is_number(row, &x) && is_number(tap_y, &y) && x == y)
        at = sum_of(k, at, product_of(k, sum_of(k, r, a), row));
    else
        at = sum_of(k, at, offset_of(k, r, row, a, tap_y));
    if (is_number(col, &x) && is_number(tap_x, &y) && x == y)
        at = sum_of(k, at, product_of(k, sum_of(k, c, b), col));
    else
        at = sum_of(k, at, offset_of(k, c, col, b, tap_x));
    return at;
}

/* acc = the sums of the tile whose first pixel is (r, c), for the outputs from o, which read the inputs from `x`. */
static void accumulate(KernelText *k, const char *x, const char *r, const char *c)
{
    line(k, "vec %s;", part_array(k, "acc", ALL));
    const char *m = part_loop(k, PART_ROWS), *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
    line(k, "%s = vec_zero();", part_element(k, "acc", m, n, v));
    end_all(k, 3);
    if (has_no_taps(k))
        return;

    line(k, "const float *wo = %s;", sum_of(k, "w", k->out));
    const char *a = loop(k, "a", dim(k, CONV_taps_y)), *b = loop(k, "b", dim(k, CONV_taps_x));
    line(k, "const float *xt = from_here(%s);", input_at(k, x, r, c, a, b));
    begin(k, "for (long j = 0; j < %s; j++, xt++, wo += %s)", dim(k, CONV_run), dim(k, CONV_w_row));
    line(k, "vec %s;", part_array(k, "weights", VECS));
    v = part_loop(k, PART_VECS);
    line(k, "%s = vec_load_once(%s);", part_element(k, "weights", NULL, NULL, v),
         sum_of(k, "wo", product_of(k, v, "VL")));
    end(k);
    m = part_loop(k, PART_ROWS), n = part_loop(k, PART_COLS);
    line(k, "const vec pixel = vec_all_of(%s);",
         sum_of(k, "xt", offset_of(k, m, dim(k, CONV_x_row), n, dim(k, CONV_x_col))));
    v = part_loop(k, PART_VECS);
    const char *acc = part_element(k, "acc", m, n, v);
    line(k, "%s = vec_fma(pixel, %s, %s);", acc, part_element(k, "weights", NULL, NULL, v), acc);
    end_all(k, 3);
    end_all(k, 3);
}

/* The parameters that these dimensions leave without use. */
static void unused(KernelText *k)
{
    if (has_no_taps(k)) {
        line(k, "(void)x;");
        line(k, "(void)w;");
    }
    if (dim_is(k, CONV_has_bias, 0))
        line(k, "(void)bias;");
}

/* `name` += bias; `name` = max(name, 0), where the dimensions say so. */
static void finish(KernelText *k, const char *name, const char *v)
{
    int64_t number;
    const char *bias = sum_of(k, sum_of(k, "bias", k->out), product_of(k, v, "VL"));
    if (!dim_number(k, CONV_has_bias, &number))
        begin(k, "if (%s)", dim(k, CONV_has_bias)), line(k, "%s += vec_load(%s);", name, bias), end(k);
    else if (number)
        line(k, "%s += vec_load(%s);", name, bias);
    if (!dim_number(k, CONV_relu, &number))
        begin(k, "if (%s)", dim(k, CONV_relu)), line(k, "%s = vec_relu(%s);", name, name), end(k);
    else if (number)
        line(k, "%s = vec_relu(%s);", name, name);
}

void emit_conv(KernelText *k)
{
    unused(k);
    tile_constants(k, ALL);
    output_loop(k, dim(k, CONV_outs));
    const char *x = has_no_taps(k) ? "x" : group_input(k, CONV_outs, CONV_group_outs, CONV_group_ins);
    const char *r = tile_loop(k, "r", dim(k, CONV_rows), PART_ROWS, 1),
               *c = tile_loop(k, "c", dim(k, CONV_cols), PART_COLS, 1);
    accumulate(k, x, r, c);

    const char *m = part_loop(k, PART_ROWS), *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
    const char *at = offset_of(k, sum_of(k, r, m), dim(k, CONV_y_row), sum_of(k, c, n), dim(k, CONV_y_col));
    at = sum_of(k, "y", at);
    at = sum_of(k, sum_of(k, at, k->out), product_of(k, v, "VL"));
    if (dim_is(k, CONV_has_bias, 0) && dim_is(k, CONV_relu, 0)) {
        line(k, "vec_store(%s, %s);", at, part_element(k, "acc", m, n, v));
    } else {
        line(k, "vec sum = %s;", part_element(k, "acc", m, n, v));
        finish(k, "sum", v);
        line(k, "vec_store(%s, sum);", at);
    }
    end_all(k, 3);
    end_all(k, 3);
}

void emit_conv_pool(KernelText *k)
{
    unused(k);
    tile_constants(k, ALL);
    output_loop(k, dim(k, CONV_outs));
    const char *x = has_no_taps(k) ? "x" : group_input(k, CONV_outs, CONV_group_outs, CONV_group_ins);
    const char *r = tile_loop(k, "r", quotient_of(k, dim(k, CONV_rows), "2"), PART_ROWS, 2),
               *c = tile_loop(k, "c", quotient_of(k, dim(k, CONV_cols), "2"), PART_COLS, 2);
    accumulate(k, x, product_of(k, "2", r), product_of(k, "2", c));

    /* Tiles of more than two columns hold several windows side by side. */
    const char *n = "0", *next = "1", *column = c;
    bool windows = k->tile[WIDTH_16].cols > 2 || k->tile[WIDTH_8].cols > 2 || k->tile[WIDTH_4].cols > 2;
    if (windows) {
        begin(k, "UNROLL for (int n = 0; n < COLS; n += 2)");
        n = "n", next = "n + 1", column = sum_of(k, c, "n / 2");
    }
    const char *v = part_loop(k, PART_VECS);
    line(k, "vec best = %s;", part_element(k, "acc", "0", n, v));
    line(k, "ivec at = ivec_all(0);");
    line(k, "vec_take_max(%s, 1, &best, &at);", part_element(k, "acc", "0", next, v));
    line(k, "vec_take_max(%s, 2, &best, &at);", part_element(k, "acc", "1", n, v));
    line(k, "vec_take_max(%s, 3, &best, &at);", part_element(k, "acc", "1", next, v));
    finish(k, "best", v);
    const char *y = sum_of(k, "y", offset_of(k, r, dim(k, CONV_y_row), column, dim(k, CONV_y_col)));
    const char *arg =
        sum_of(k, "arg", offset_of(k, r, dim(k, CONV_POOL_arg_row), column, dim(k, CONV_POOL_arg_col)));
    const char *lane = sum_of(k, k->out, product_of(k, v, "VL"));
    line(k, "vec_store(%s, best);", sum_of(k, y, lane));
    line(k, "ivec_store_bytes(%s, at);", sum_of(k, arg, lane));
    end(k);
    if (windows)
        end(k);
    end_all(k, 3);
}
