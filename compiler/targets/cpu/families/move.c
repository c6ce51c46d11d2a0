/* FLATTEN, UNFLATTEN, SWAP, INPUT_*, ZERO_OUTSIDE_GROUPS: what moves numbers between layouts. */
#include "targets/cpu/emit/kernel_text.h"

/* Loops over rows, cols and channels of dimensions 0 to 2, which FLATTEN, UNFLATTEN and INPUT_* share. */
typedef struct Place {
    const char *flat, *spread; /* offsets in torch's order and in channels-last order */
} Place;

_Static_assert((int)FLATTEN_x_col == (int)INPUT_BYTES_x_col && (int)FLATTEN_x_col == (int)INPUT_FLOATS_x_col &&
               (int)FLATTEN_channels == (int)UNFLATTEN_channels, "these families begin alike");

static Place places(KernelText *k, int x_row, int x_col)
{
    const char *rows = dim(k, FLATTEN_rows), *cols = dim(k, FLATTEN_cols);
    const char *r = loop(k, "r", rows), *c = loop(k, "c", cols), *i = loop(k, "k", dim(k, FLATTEN_channels));
    Place place;
    const char *row = sum_of(k, product_of(k, i, rows), r);
    place.flat = sum_of(k, product_of(k, row, cols), c);
    place.spread = sum_of(k, offset_of(k, r, dim(k, x_row), c, dim(k, x_col)), i);
    return place;
}

void emit_flatten(KernelText *k)
{
    const Place at = places(k, FLATTEN_x_row, FLATTEN_x_col);
    line(k, "flat[%s] = x[%s];", at.flat, at.spread);
    end_all(k, 3);

    const char *count = product_of(k, dim(k, FLATTEN_channels), dim(k, FLATTEN_rows));
    count = product_of(k, count, dim(k, FLATTEN_cols));
    int64_t floats, padded;
    if (is_number(count, &floats) && dim_number(k, FLATTEN_flat_padded, &padded) && floats >= padded)
        return;
    begin(k, "for (long i = %s; i < %s; i++)", count, dim(k, FLATTEN_flat_padded));
    line(k, "flat[i] = 0;");
    end(k);
}

void emit_unflatten(KernelText *k)
{
    const Place at = places(k, UNFLATTEN_x_row, UNFLATTEN_x_col);
    line(k, "x[%s] = flat[%s];", at.spread, at.flat);
    end_all(k, 3);

    int64_t channels, padded;
    if (dim_number(k, UNFLATTEN_channels, &channels) && dim_number(k, UNFLATTEN_channels_padded, &padded) &&
        channels >= padded)
        return;
    const char *r = loop(k, "r", dim(k, UNFLATTEN_rows)), *c = loop(k, "c", dim(k, UNFLATTEN_cols));
    begin(k, "for (long k = %s; k < %s; k++)", dim(k, UNFLATTEN_channels), dim(k, UNFLATTEN_channels_padded));
    line(k, "x[%s] = 0;", sum_of(k, offset_of(k, r, dim(k, UNFLATTEN_x_row), c, dim(k, UNFLATTEN_x_col)), "k"));
    end_all(k, 3);
}

void emit_swap(KernelText *k)
{
    const char *c = loop(k, "c", dim(k, SWAP_cols)), *i = loop(k, "k", dim(k, SWAP_channels));
    const char *to = product_of(k, c, dim(k, SWAP_y_col));
    line(k, "y[%s] = x[%s];", sum_of(k, to, i), sum_of(k, product_of(k, i, dim(k, SWAP_x_col)), c));
    end(k);
    int64_t channels, padded;
    if (!dim_number(k, SWAP_channels, &channels) || !dim_number(k, SWAP_padded, &padded) || channels < padded) {
        begin(k, "for (long k = %s; k < %s; k++)", dim(k, SWAP_channels), dim(k, SWAP_padded));
        line(k, "y[%s] = 0;", sum_of(k, to, "k"));
        end(k);
    }
    end(k);
}

void emit_input_bytes(KernelText *k)
{
    const Place at = places(k, INPUT_BYTES_x_row, INPUT_BYTES_x_col);
    const char *i = dim_is(k, INPUT_BYTES_channels, 1) ? "0" : "k";
    line(k, "x[%s] = pixel[%s];", at.spread,
         sum_of(k, product_of(k, i, "256"), arena_printf(k->arena, "sample[%s]", at.flat)));
    end_all(k, 3);
}

void emit_input_floats(KernelText *k)
{
    const Place at = places(k, INPUT_FLOATS_x_row, INPUT_FLOATS_x_col);
    line(k, "x[%s] = sample[%s];", at.spread, at.flat);
    end_all(k, 3);
}

void emit_zero_outside_groups(KernelText *k)
{
    const char *tap = loop(k, "tap", dim(k, ZERO_OUTSIDE_GROUPS_taps));
    const char *r = loop(k, "r", dim(k, ZERO_OUTSIDE_GROUPS_run));
    begin(k, "for (long o = 0; o < %s; o++)", dim(k, ZERO_OUTSIDE_GROUPS_outs));
    const char *input = sum_of(k, product_of(k, quotient_of(k, "o", dim(k, ZERO_OUTSIDE_GROUPS_group_outs)),
                                             dim(k, ZERO_OUTSIDE_GROUPS_group_ins)), r);
    begin(k, "if (%s != %s)", quotient_of(k, input, dim(k, ZERO_OUTSIDE_GROUPS_ins_per_group)),
          quotient_of(k, "o", dim(k, ZERO_OUTSIDE_GROUPS_outs_per_group)));
    const char *row = sum_of(k, product_of(k, tap, dim(k, ZERO_OUTSIDE_GROUPS_run)), r);
    line(k, "g[%s] = 0;", sum_of(k, product_of(k, row, dim(k, ZERO_OUTSIDE_GROUPS_w_row)), "o"));
    end_all(k, 4);
}
