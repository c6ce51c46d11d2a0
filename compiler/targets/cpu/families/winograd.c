/* The Winograd kernels: loops over blocks of tiles around the transforms and products of runtime/winograd.h. */
#include "targets/cpu/families/finish.h"

/* All four begin alike. */
_Static_assert((int)WINOGRAD5_POOL_act == (int)WINOGRAD3_act &&
                   (int)WINOGRAD3_POOL_act_first == (int)WINOGRAD5_POOL_act_first,
               "the Winograd families begin alike");

static const Finish finish = {WINOGRAD3_has_bias, WINOGRAD3_norm_row, WINOGRAD3_act, WINOGRAD3_POOL_act_first};

/* y[m][n] to its place. */
static void store_pixels(KernelText *k)
{
    begin(k, "UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)");
    begin(k, "UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++)");
    const char *at = offset_of(k, "m", dim(k, WINOGRAD3_y_row), "n", dim(k, WINOGRAD3_y_col));
    if (finish_is_nothing(k, &finish)) {
        line(k, "vec_store(to + %s, sums[m][n]);", at);
    } else {
        line(k, "vec sum = sums[m][n];");
        finish_sum(k, &finish, "sum", k->out);
        line(k, "vec_store(to + %s, sum);", at);
    }
    end_all(k, 2);
}

/* The maxima of y's 2x2 windows, and where they are. */
static void store_pooled(KernelText *k)
{
    if (finish_begin_unpooled(k, &finish)) {
        begin(k, "UNROLL for (int m = 0; m < WINOGRAD_SIZE; m++)");
        begin(k, "UNROLL for (int n = 0; n < WINOGRAD_SIZE; n++)");
        finish_unpooled(k, &finish, "sums[m][n]", k->out);
        end_all(k, 3);
    }
    begin(k, "UNROLL for (int m = 0; m < WINOGRAD_SIZE; m += 2)");
    begin(k, "UNROLL for (int n = 0; n < WINOGRAD_SIZE; n += 2)");
    line(k, "vec best = sums[m][n];");
    line(k, "ivec at = ivec_all(0);");
    line(k, "vec_take_max(sums[m][n + 1], 1, &best, &at);");
    line(k, "vec_take_max(sums[m + 1][n], 2, &best, &at);");
    line(k, "vec_take_max(sums[m + 1][n + 1], 3, &best, &at);");
    finish_pooled(k, &finish, "best", k->out);
    line(k, "vec_store(to + %s, best);",
         offset_of(k, "m / 2", dim(k, WINOGRAD3_y_row), "n / 2", dim(k, WINOGRAD3_y_col)));
    line(k, "ivec_store_bytes(to_arg + %s, at);",
         offset_of(k, "m / 2", dim(k, WINOGRAD3_POOL_arg_row), "n / 2", dim(k, WINOGRAD3_POOL_arg_col)));
    end_all(k, 2);
}

/* The loop over groups of outputs: the first, "o" or "0", and how many there are. */
static const char *group_loop(KernelText *k, const char **width)
{
    enum { GROUP = 32 }; /* WINOGRAD_GROUP */
    const char *outs = dim(k, WINOGRAD3_outs);
    int64_t number;
    const bool known = is_number(outs, &number);
    if (known && number <= GROUP) {
        *width = outs;
        return loop(k, "o", "1");
    }
    begin(k, "for (long o = 0; o < %s; o += WINOGRAD_GROUP)", outs);
    if (known && number % GROUP == 0) {
        *width = "WINOGRAD_GROUP";
    } else {
        *width = "width";
        line(k, "const long width = least(WINOGRAD_GROUP, %s - o);", outs);
    }
    return "o";
}

/* A number as it is; a pooled extent without an odd last row or column. */
static const char *extent(KernelText *k, int d, bool pool)
{
    return pool ? product_of(k, quotient_of(k, dim(k, d), "2"), "2") : dim(k, d);
}

static void emit_tiles(KernelText *k, int taps, bool pool)
{
    const int frequencies = (taps + 3) * (taps + 3); /* WINOGRAD_POINTS(taps), twice */
    finish_unused(k, &finish);
    line(k, "const struct winograd_layer layer = {");
    line(k, "    .taps = %d, .images = %s, .rows = %s, .cols = %s,", taps, dim(k, WINOGRAD3_images),
         extent(k, WINOGRAD3_rows, pool), extent(k, WINOGRAD3_cols, pool));
    line(k, "    .ins = %s, .outs = %s, .x_image = %s, .x_row = %s, .block = %s,", dim(k, WINOGRAD3_ins),
         dim(k, WINOGRAD3_outs), dim(k, WINOGRAD3_x_image), dim(k, WINOGRAD3_x_row),
         dim(k, WINOGRAD3_block));
    line(k, "};");
    line(k, "const long tiles = winograd_tiles(&layer), plane = winograd_m_plane(&layer);");
    line(k, "float *v = scratch, *products = v + %d * winograd_v_plane(&layer), *lines = products + %d * plane;",
         frequencies, frequencies);
    begin(k, "for (long first = 0; first < tiles; first += %s)", dim(k, WINOGRAD3_block));
    line(k, "const long count = least(%s, tiles - first);", dim(k, WINOGRAD3_block));
    line(k, "winograd_input_%dx%d(&layer, x, first, count, lines, v);", taps, taps);
    const char *width, *o = group_loop(k, &width);
    line(k, "winograd_products(&layer, v, %s, products, count, %s);",
         sum_of(k, "u", product_of(k, o, dim(k, WINOGRAD3_ins))), width);
    begin(k, "for (long t = 0; t < count; t++)");
    const char *half = pool ? " / 2" : "", *image = "0";
    if (!dim_is(k, WINOGRAD3_images, 1)) {
        line(k, "const long image = winograd_image(&layer, first + t);");
        image = "image";
    }
    line(k, "const long r = winograd_row(&layer, first + t)%s, c = winograd_col(&layer, first + t)%s;", half, half);
    vector_loop(k, "k", width);
    k->out = sum_of(k, o, "k");
    line(k, "vec sums[WINOGRAD_SIZE][WINOGRAD_SIZE];");
    line(k, "winograd_output(products + %s + k, plane, sums, %d);", product_of(k, "t", width), taps);
    line(k, "float *to = %s + %s;",
         sum_of(k, sum_of(k, "y", product_of(k, image, dim(k, WINOGRAD3_y_image))),
                offset_of(k, "r", dim(k, WINOGRAD3_y_row), "c", dim(k, WINOGRAD3_y_col))),
         k->out);
    if (pool) {
        line(k, "unsigned char *to_arg = %s + %s;",
             sum_of(k, sum_of(k, "arg", product_of(k, image, dim(k, WINOGRAD3_POOL_arg_image))),
                    offset_of(k, "r", dim(k, WINOGRAD3_POOL_arg_row), "c", dim(k, WINOGRAD3_POOL_arg_col))),
             k->out);
        store_pooled(k);
    } else {
        store_pixels(k);
    }
    end_all(k, 4);
}

void emit_winograd3(KernelText *k)
{
    emit_tiles(k, 3, false);
}

void emit_winograd5(KernelText *k)
{
    emit_tiles(k, 5, false);
}

void emit_winograd3_pool(KernelText *k)
{
    emit_tiles(k, 3, true);
}

void emit_winograd5_pool(KernelText *k)
{
    emit_tiles(k, 5, true);
}

_Static_assert((int)WINOGRAD_WEIGHTS3_u_outs == (int)WINOGRAD_WEIGHTS5_u_outs, "both have the same dimensions");

static void emit_weights(KernelText *k, int taps)
{
    line(k, "const struct winograd_filter filter = {");
    line(k, "    .ins = %s, .outs = %s, .tap_y = %s, .tap_x = %s,", dim(k, WINOGRAD_WEIGHTS3_ins),
         dim(k, WINOGRAD_WEIGHTS3_outs), dim(k, WINOGRAD_WEIGHTS3_w_tap_y), dim(k, WINOGRAD_WEIGHTS3_w_tap_x));
    line(k, "    .in = %s, .out = %s, .u_ins = %s, .u_outs = %s,", dim(k, WINOGRAD_WEIGHTS3_w_in),
         dim(k, WINOGRAD_WEIGHTS3_w_out), dim(k, WINOGRAD_WEIGHTS3_u_ins), dim(k, WINOGRAD_WEIGHTS3_u_outs));
    line(k, "};");
    line(k, "winograd_weights_%dx%d(&filter, w, u, part, parts);", taps, taps);
}

void emit_winograd_weights3(KernelText *k)
{
    emit_weights(k, 3);
}

void emit_winograd_weights5(KernelText *k)
{
    emit_weights(k, 5);
}

_Static_assert((int)WINOGRAD3_GRAD_WEIGHT_x_image == (int)WINOGRAD5_GRAD_WEIGHT_x_image,
               "both have the same dimensions");

static void emit_grad_weight(KernelText *k, int taps)
{
    line(k, "const struct winograd_layer layer = {");
    line(k, "    .taps = %d, .images = %s, .rows = %s, .cols = %s,", taps, dim(k, WINOGRAD3_GRAD_WEIGHT_images),
         dim(k, WINOGRAD3_GRAD_WEIGHT_rows), dim(k, WINOGRAD3_GRAD_WEIGHT_cols));
    line(k, "    .ins = %s, .outs = %s, .x_image = %s, .x_row = %s, .block = %s,",
         dim(k, WINOGRAD3_GRAD_WEIGHT_ins), dim(k, WINOGRAD3_GRAD_WEIGHT_outs), dim(k, WINOGRAD3_GRAD_WEIGHT_x_image),
         dim(k, WINOGRAD3_GRAD_WEIGHT_x_row),
         dim(k, WINOGRAD3_GRAD_WEIGHT_block));
    line(k, "};");
    line(k, "const struct winograd_gradient gradient = {");
    line(k, "    .d_image = %s, .d_row = %s, .d_col = %s, .g_tap = %s, .g_in = %s, .g_ins = %s,",
         dim(k, WINOGRAD3_GRAD_WEIGHT_d_image), dim(k, WINOGRAD3_GRAD_WEIGHT_d_row),
         dim(k, WINOGRAD3_GRAD_WEIGHT_d_col), dim(k, WINOGRAD3_GRAD_WEIGHT_g_tap),
         dim(k, WINOGRAD3_GRAD_WEIGHT_g_in), dim(k, WINOGRAD3_GRAD_WEIGHT_g_ins));
    line(k, "};");
    line(k, "winograd_grad_weight_%dx%d(&layer, &gradient, x, d, g, scratch);", taps, taps);
}

void emit_winograd3_grad_weight(KernelText *k)
{
    emit_grad_weight(k, 3);
}

void emit_winograd5_grad_weight(KernelText *k)
{
    emit_grad_weight(k, 5);
}
