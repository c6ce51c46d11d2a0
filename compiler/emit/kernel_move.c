/* FLATTEN, UNFLATTEN, INPUT_*, TRANSPOSE, ZERO_OUTSIDE_GROUPS: what moves numbers between layouts. */
#include "emit/kernel_text.h"

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

    const char *count = product_of(k, product_of(k, dim(k, FLATTEN_channels), dim(k, FLATTEN_rows)), dim(k, FLATTEN_cols));
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

/* Sixteen input channels at a time go through the rows q of a tap, so that a line of w serves many of them. Such a block
 * lies within one group block, so that all its channels read the same output channel o of w. */
void emit_transpose(KernelText *k)
{
    int64_t run = 0, ins = 0, block, w_run, w_outs;
    const bool known_run = dim_number(k, TRANSPOSE_run, &run), known_ins = dim_number(k, TRANSPOSE_ins, &ins);
    const char *taps = product_of(k, dim(k, TRANSPOSE_taps_y), dim(k, TRANSPOSE_taps_x));
    const char *rows = product_of(k, taps, dim(k, TRANSPOSE_run));
    line(k, "const long first = %s * part / parts, end = %s * (part + 1) / parts;", rows, rows);
    const char *a = loop(k, "a", dim(k, TRANSPOSE_taps_y)), *b = loop(k, "b", dim(k, TRANSPOSE_taps_x));
    const char *top = product_of(k, sum_of(k, product_of(k, a, dim(k, TRANSPOSE_taps_x)), b), dim(k, TRANSPOSE_run));
    if (top[0] != '0') {
        line(k, "const long top = %s;", top);
        top = "top";
    }
    const char *y = sum_of(k, dim(k, TRANSPOSE_first_y), product_of(k, a, dim(k, TRANSPOSE_step_y)));
    const char *x = sum_of(k, dim(k, TRANSPOSE_first_x), product_of(k, b, dim(k, TRANSPOSE_step_x)));
    const char *tap = sum_of(k, product_of(k, y, dim(k, TRANSPOSE_w_taps_x)), x);
    begin(k, "for (long start = 0; start < %s; start += 16)", dim(k, TRANSPOSE_ins));
    if (top[0] == '0')
        begin(k, "for (long q = first; q < end; q++)");
    else
        begin(k, "for (long q = most(first - top, 0); q < least(end - top, %s); q++)", dim(k, TRANSPOSE_run));

    const char *w_row = dim(k, TRANSPOSE_w_row);
    const char *o = "q";
    const bool dense = known_ins && dim_number(k, TRANSPOSE_group_outs, &block) && ins <= block;
    if (!dense) {
        const char *base = product_of(k, quotient_of(k, "start", dim(k, TRANSPOSE_group_outs)), dim(k, TRANSPOSE_group_ins));
        line(k, "const long o = %s;", sum_of(k, base, "q"));
        o = "o";
    }
    const char *i = "i";
    if (!(dense && known_run && dim_number(k, TRANSPOSE_w_group_outs, &block) && run <= block)) {
        line(k, "const long shift = %s;",
             product_of(k, quotient_of(k, o, dim(k, TRANSPOSE_w_group_outs)), dim(k, TRANSPOSE_w_group_ins)));
        i = "(i - shift)";
    }
    line(k, "const float *wt = %s;",
         sum_of(k, sum_of(k, "w", product_of(k, product_of(k, tap, dim(k, TRANSPOSE_w_run)), w_row)), o));
    line(k, "float *tr = t + %s;", product_of(k, sum_of(k, top, "q"), dim(k, TRANSPOSE_t_row)));

    /* Channels from low to before high have a weight. */
    const bool all_rows = i[0] == 'i' && known_ins && dim_number(k, TRANSPOSE_w_run, &w_run) && ins <= w_run;
    const bool all_outs = dense && known_run && dim_number(k, TRANSPOSE_w_outs, &w_outs) && run <= w_outs;
    const char *low = "start", *stop = "start + 16", *high = stop;
    if (!known_ins || ins % 16) {
        line(k, "const long stop = least(start + 16, %s);", dim(k, TRANSPOSE_ins));
        high = stop = "stop";
    }
    if (i[0] != 'i') {
        line(k, "const long low = least(most(shift, start), %s);", stop);
        low = "low";
    }
    if (!all_rows || !all_outs) {
        const char *above = sum_of(k, i[0] == 'i' ? "0" : "shift", dim(k, TRANSPOSE_w_run));
        above = all_rows ? stop : arena_printf(k->arena, "least(most(%s, %s), %s)", above, low, stop);
        if (all_outs)
            line(k, "const long high = %s;", above);
        else
            line(k, "const long high = %s < %s ? %s : %s;", o, dim(k, TRANSPOSE_w_outs), above, low);
        high = "high";
    }
    const char *early = arena_printf(k->arena, "high < %s", stop), *late = "low > start";
    if (low[0] == 'l' || high[0] == 'h') {
        if (low[0] != 'l' || high[0] != 'h')
            begin(k, "if (%s)", low[0] == 'l' ? late : early);
        else
            begin(k, "if (%s || %s)", late, early);
        begin(k, "for (long i = start; i < %s; i++)", stop);
        line(k, "tr[i] = 0;");
        end_all(k, 2);
    }
    begin(k, "for (long i = %s; i < %s; i++)", low, high);
    line(k, "tr[i] = wt[%s];", product_of(k, i, w_row));
    end(k);
    end_all(k, 4);
}

void emit_zero_outside_groups(KernelText *k)
{
    const char *tap = loop(k, "tap", dim(k, ZERO_OUTSIDE_GROUPS_taps)), *r = loop(k, "r", dim(k, ZERO_OUTSIDE_GROUPS_run));
    begin(k, "for (long o = 0; o < %s; o++)", dim(k, ZERO_OUTSIDE_GROUPS_outs));
    const char *input = sum_of(k, product_of(k, quotient_of(k, "o", dim(k, ZERO_OUTSIDE_GROUPS_group_outs)),
                                             dim(k, ZERO_OUTSIDE_GROUPS_group_ins)), r);
    begin(k, "if (%s != %s)", quotient_of(k, input, dim(k, ZERO_OUTSIDE_GROUPS_ins_per_group)),
          quotient_of(k, "o", dim(k, ZERO_OUTSIDE_GROUPS_outs_per_group)));
    const char *row = sum_of(k, product_of(k, tap, dim(k, ZERO_OUTSIDE_GROUPS_run)), r);
    line(k, "g[%s] = 0;", sum_of(k, product_of(k, row, dim(k, ZERO_OUTSIDE_GROUPS_w_row)), "o"));
    end_all(k, 4);
}
