/* CONV_GRAD_WEIGHT and GRAD_BIAS: sums over the pixels, added to what the gradient holds already. */
#include "emit/kernel_text.h"

enum { COLS = 1 << PART_COLS, VECS = 1 << PART_VECS };

/* Rows of pixels are taken in blocks whose x and d together fill about half of a first-level cache of 32 KiB: a pixel
 * is a line of x and one of d. The sums go on from block to block, so the block changes no bits. */
enum { BLOCK_PIXELS = 128 };

static const char *block_rows(KernelText *k)
{
    int64_t cols;
    if (!dim_number(k, CONV_GRAD_WEIGHT_cols, &cols))
        return NULL;
    return arena_printf(k->arena, "%lld", (long long)(cols < BLOCK_PIXELS ? BLOCK_PIXELS / cols : 1));
}

/* acc += x * d over the pixels of the rows from `top`; of all rows where `block` is NULL. The inputs begin at `at`. */
static void add_pixels(KernelText *k, const char *at, const char *a, const char *b, const char *j, const char *block,
                       bool whole_blocks)
{
    const char *rows = dim(k, CONV_GRAD_WEIGHT_rows), *cols = dim(k, CONV_GRAD_WEIGHT_cols),
               *x_row = dim(k, CONV_GRAD_WEIGHT_x_row), *tap_y = dim(k, CONV_GRAD_WEIGHT_x_tap_y);
    const char *r = "r";
    if (!block)
        r = loop(k, "r", rows);
    else if (whole_blocks)
        begin(k, "for (long r = top; r < top + %s; r++)", block);
    else
        begin(k, "for (long r = top; r < least(top + %s, %s); r++)", block, rows);

    int64_t row_floats, tap_floats;
    if (is_number(x_row, &row_floats) && is_number(tap_y, &tap_floats) && row_floats == tap_floats)
        at = sum_of(k, at, product_of(k, sum_of(k, r, a), x_row));
    else
        at = sum_of(k, at, offset_of(k, r, x_row, a, tap_y));
    at = sum_of(k, sum_of(k, at, product_of(k, b, dim(k, CONV_GRAD_WEIGHT_x_tap_x))), j);
    line(k, "const float *xr = from_here(%s);", at);
    line(k, "const float *dr = %s;",
         sum_of(k, sum_of(k, "d", product_of(k, r, dim(k, CONV_GRAD_WEIGHT_d_row))), k->out));

    int64_t number;
    const bool one = is_number(cols, &number) && number == 1;
    if (!one)
        begin(k, "SEVERAL for (long c = 0; c < %s; c++, xr += %s, dr += %s)", cols, dim(k, CONV_GRAD_WEIGHT_x_col),
              dim(k, CONV_GRAD_WEIGHT_d_col));
    line(k, "vec %s;", part_array(k, "dv", VECS));
    const char *v = part_loop(k, PART_VECS);
    line(k, "%s = vec_load_once(%s);", part_element(k, "dv", NULL, NULL, v), sum_of(k, "dr", product_of(k, v, "VL")));
    end(k);
    const char *n = part_loop(k, PART_COLS);
    line(k, "const vec input = vec_all_of(%s);", sum_of(k, "xr", n));
    v = part_loop(k, PART_VECS);
    const char *acc = part_element(k, "acc", NULL, n, v);
    line(k, "%s = vec_fma(input, %s, %s);", acc, part_element(k, "dv", NULL, NULL, v), acc);
    end_all(k, 2);
    if (!one)
        end(k);
    end(k);
}

/* What a sum begins with: what `gradient` points at, or 0 where that is made anew, before the first block. */
static const char *begin_with(KernelText *k, const char *gradient, bool one_block)
{
    const char *load = arena_printf(k->arena, "vec_load(%s)", gradient);
    int64_t anew;
    const bool known = dim_number(k, CONV_GRAD_WEIGHT_anew, &anew);
    if (known && (anew == 0 || one_block))
        return anew ? "vec_zero()" : load;
    const char *when = known ? "" : dim(k, CONV_GRAD_WEIGHT_anew);
    return arena_printf(k->arena, "%s%s%s ? vec_zero() : %s", when, known || one_block ? "" : " && ",
                        one_block ? "" : "top == 0", load);
}

void emit_conv_grad_weight(KernelText *k)
{
    tile_constants(k, COLS | VECS);
    const char *rows = dim(k, CONV_GRAD_WEIGHT_rows), *cols = dim(k, CONV_GRAD_WEIGHT_cols),
               *outs = dim(k, CONV_GRAD_WEIGHT_outs), *run = dim(k, CONV_GRAD_WEIGHT_run);
    int64_t row_count, block_count, run_count;
    const char *block = dim_is(k, CONV_GRAD_WEIGHT_rows, 1) ? "1" : block_rows(k);
    if (!block) {
        line(k, "const long block = %s < %d ? %d / %s : 1;", cols, BLOCK_PIXELS, BLOCK_PIXELS, cols);
        block = "block";
    }
    const bool known = is_number(rows, &row_count) && is_number(block, &block_count);
    const bool one_block = known && block_count >= row_count;

    output_loop(k, outs);
    const char *x = group_input(k, CONV_GRAD_WEIGHT_outs, CONV_GRAD_WEIGHT_group_outs, CONV_GRAD_WEIGHT_group_ins);
    if (!one_block)
        begin(k, "for (long top = 0; top < %s; top += %s)", rows, block);
    const char *a = loop(k, "a", dim(k, CONV_GRAD_WEIGHT_taps_y)), *b = loop(k, "b", dim(k, CONV_GRAD_WEIGHT_taps_x));

    /* Along the run, a last tile that would stick out begins earlier and stores only what is still missing. */
    bool exact = is_number(run, &run_count);
    for (int w = 0; exact && w < WIDTH_COUNT; w++)
        exact = run_count % k->tile[w].cols == 0;
    const char *j = "j";
    if (exact || is_one(k, PART_COLS)) {
        j = tile_loop(k, "j", run, PART_COLS, 1);
        exact = true;
    } else {
        begin(k, "for (long start = 0; start < %s; start += COLS)", run);
        line(k, "const long j = least(start, %s - COLS);", run);
    }

    const char *w_row = dim(k, CONV_GRAD_WEIGHT_w_row);
    const char *tap = sum_of(k, product_of(k, a, dim(k, CONV_GRAD_WEIGHT_taps_x)), b);
    const char *weight = sum_of(k, product_of(k, tap, run), j);
    line(k, "float *gt = %s;", sum_of(k, sum_of(k, "g", product_of(k, weight, w_row)), k->out));
    line(k, "vec %s;", part_array(k, "acc", COLS | VECS));
    const char *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
    const char *acc = part_element(k, "acc", NULL, n, v);
    const char *gradient = sum_of(k, sum_of(k, "gt", product_of(k, n, w_row)), product_of(k, v, "VL"));
    line(k, "%s = %s;", acc, begin_with(k, gradient, one_block));
    end_all(k, 2);
    add_pixels(k, x, a, b, j, one_block ? NULL : block, known && row_count % block_count == 0);

    n = part_loop(k, PART_COLS);
    if (!exact)
        begin(k, "if (j + n >= start)");
    v = part_loop(k, PART_VECS);
    line(k, "vec_store(%s, %s);", gradient, acc);
    end_all(k, exact ? 2 : 3);
    end_all(k, one_block ? 4 : 5);
}

/* g[o..] += the sum of d over the pixels, for `vecs` vectors of outputs from k->out at a time; each has one sum. */
static void add_block(KernelText *k, const char *vecs)
{
    const char *from = sum_of(k, k->out, "v * VL");
    line(k, "vec sum[%s];", vecs);
    begin(k, "UNROLL for (int v = 0; v < %s; v++)", vecs);
    line(k, "sum[v] = vec_load(g + %s);", from);
    end(k);
    const char *r = loop(k, "r", dim(k, GRAD_BIAS_rows)), *c = loop(k, "c", dim(k, GRAD_BIAS_cols));
    begin(k, "UNROLL for (int v = 0; v < %s; v++)", vecs);
    line(k, "sum[v] += vec_load(%s);",
         sum_of(k, sum_of(k, "d", offset_of(k, r, dim(k, GRAD_BIAS_d_row), c, dim(k, GRAD_BIAS_d_col))), from));
    end_all(k, 3);
    begin(k, "UNROLL for (int v = 0; v < %s; v++)", vecs);
    line(k, "vec_store(g + %s, sum[v]);", from);
    end(k);
}

/* Thirty-two outputs at a time, that the additions need not wait for each other; then the last sixteen. */
void emit_grad_bias(KernelText *k)
{
    const char *outs = dim(k, GRAD_BIAS_outs);
    int64_t count;
    k->out = "o";
    if (!is_number(outs, &count)) {
        line(k, "long o = 0;");
        begin(k, "for (; o + 32 <= %s; o += 32)", outs);
        add_block(k, "32 / VL");
        end(k);
        begin(k, "for (; o < %s; o += 16)", outs);
        add_block(k, "16 / VL");
        end(k);
        return;
    }
    const int block = count % 32 ? 16 : 32;
    const char *vecs = arena_printf(k->arena, "%d / VL", block);
    if (count == block) {
        k->out = "0";
        add_block(k, vecs);
        return;
    }
    begin(k, "for (long o = 0; o < %s; o += %d)", outs, block);
    add_block(k, vecs);
    end(k);
}
