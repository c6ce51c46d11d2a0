/* TRANSPOSE: the weights that a data gradient reads, from the ones that the forward pass reads.
 *
 * Blocks of 16 rows of t by 16 input channels are copied or turned over whole, so that every line of w and of t is used
 * up while it is in cache; what isn't a whole block inside of the weights goes number by number. */
#include <string.h>

#include "targets/cpu/families/kernel_text.h"
#include "targets/cpu/families/parts.h"
#include "targets/cpu/families/transpose.h"

/* Conditions joined by "&&". */
static void also(Text *text, const char *condition)
{
    text_printf(text, "%s%s", text->length ? " && " : "", condition);
}

/* Whether `a` is known to be a multiple of 16. */
static bool is_whole(KernelText *k, int d)
{
    int64_t number;
    return dim_number(k, d, &number) && number % 16 == 0;
}

/* Whether dimensions `a` <= `b`, both known. */
static bool at_most(KernelText *k, int a, int b)
{
    int64_t x, y;
    return dim_number(k, a, &x) && dim_number(k, b, &y) && x <= y;
}

/* What the parts of the function share. */
typedef struct Blocks {
    bool dense;           /* t has one block of channels, */
    bool one_block;       /* and w too */
    const char *tap, *q;  /* of t */
    const char *o;        /* the first output channel */
} Blocks;

/* Declares wt, the tap of w that t's comes from. */
static void from_tap(KernelText *k, const Blocks *at)
{
    const bool one_row = dim_is(k, TRANSPOSE_taps_y, 1), one_col = dim_is(k, TRANSPOSE_taps_x, 1);
    const char *a = one_row ? "0" : at->tap, *b = one_col ? "0" : at->tap;
    if (!one_row && !one_col) {
        const char *cols = dim(k, TRANSPOSE_taps_x);
        line(k, "const long a = %s / %s, b = %s %% %s;", at->tap, cols, at->tap, cols);
        a = "a", b = "b";
    }
    const char *y = sum_of(k, dim(k, TRANSPOSE_first_y), product_of(k, a, dim(k, TRANSPOSE_step_y)));
    const char *x = sum_of(k, dim(k, TRANSPOSE_first_x), product_of(k, b, dim(k, TRANSPOSE_step_x)));
    line(k, "const float *wt = %s;",
         sum_of(k, "w", offset_of(k, y, dim(k, TRANSPOSE_w_tap_y), x, dim(k, TRANSPOSE_w_tap_x))));
}

/* Where w's input channels begin that output o reads. */
static const char *shift_of(KernelText *k, const Blocks *at, const char *o)
{
    if (at->one_block)
        return "0";
    return product_of(k, quotient_of(k, o, dim(k, TRANSPOSE_w_group_outs)), dim(k, TRANSPOSE_w_group_ins));
}

/* When the block at (q, i) is whole and inside of the weights: "" for always, NULL for never. */
static const char *when_whole(KernelText *k, const Blocks *at, const char *shift)
{
    static const int needed[] = {TRANSPOSE_run, TRANSPOSE_ins, TRANSPOSE_w_run, TRANSPOSE_w_outs};
    for (int i = 0; i < 4; i++) {
        int64_t number;
        if (dim_number(k, needed[i], &number) && number < 16)
            return NULL;
    }
    Text when = text_new(k->arena);
    if (!is_whole(k, TRANSPOSE_run))
        also(&when, arena_printf(k->arena, "%s <= %s", sum_of(k, at->q, "16"), dim(k, TRANSPOSE_run)));
    if (!is_whole(k, TRANSPOSE_ins))
        also(&when, arena_printf(k->arena, "i + 16 <= %s", dim(k, TRANSPOSE_ins)));
    if (!(at->dense && at_most(k, TRANSPOSE_run, TRANSPOSE_w_outs)))
        also(&when, arena_printf(k->arena, "%s <= %s", sum_of(k, at->o, "16"), dim(k, TRANSPOSE_w_outs)));
    const bool shifted = strcmp(shift, "0") != 0;
    if (shifted)
        also(&when, arena_printf(k->arena, "shift == %s && shift <= i",
                                 shift_of(k, at, sum_of(k, at->o, "15"))));
    if (shifted || !at_most(k, TRANSPOSE_ins, TRANSPOSE_w_run))
        also(&when,
             arena_printf(k->arena, "i + 16 <= %s", sum_of(k, shifted ? "shift" : "0", dim(k, TRANSPOSE_w_run))));
    return when.bytes ? when.bytes : "";
}

/* Moves whole blocks. Gives whether nothing else is needed. */
static bool whole_blocks(KernelText *k, const Blocks *at)
{
    const char *w_in = dim(k, TRANSPOSE_w_in), *w_out = dim(k, TRANSPOSE_w_out);
    int64_t in, out;
    const bool known = is_number(k, w_in, &in) && is_number(k, w_out, &out);
    if (known && in != 1 && out != 1)
        return false;
    const char *shift = shift_of(k, at, at->o), *when = when_whole(k, at, shift);
    if (!when)
        return false;
    const bool shifted = strcmp(shift, "0") != 0;
    if (shifted)
        line(k, "const long shift = %s;", shift);
    const char *from = sum_of(k, "wt", offset_of(k, shifted ? "(i - shift)" : "i", w_in, at->o, w_out));
    const char *t_row = dim(k, TRANSPOSE_t_row);
    const char *copy = arena_printf(k->arena, "copy_block(%s, %s, tr + i, %s);", from, w_out, t_row);
    const char *turn = arena_printf(k->arena, "turn_block(%s, %s, tr + i, %s);", from, w_in, t_row);
    if (known && !*when) {
        line(k, "%s", in == 1 ? copy : turn);
        return true;
    }
    for (int way = 0; way < 2; way++) {
        if (known && way == (in == 1))
            continue;
        Text test = text_new(k->arena);
        if (!known)
            also(&test, arena_printf(k->arena, "%s == 1", way ? w_out : w_in));
        if (*when)
            also(&test, when);
        begin(k, "if (%s)", test.bytes);
        line(k, "%s", way ? turn : copy);
        line(k, "continue;");
        end(k);
    }
    return false;
}

/* Where the block of 16 from `start` ends, of `count`. */
static const char *block_end(KernelText *k, const char *start, int count)
{
    int64_t number;
    if (dim_number(k, count, &number) && number <= 16)
        return dim(k, count);
    const char *stop = sum_of(k, start, "16");
    return is_whole(k, count) ? stop : arena_printf(k->arena, "least(%s, %s)", stop, dim(k, count));
}

/* Number by number. */
static void single_numbers(KernelText *k, const Blocks *at)
{
    begin(k, "for (long n = %s; n < %s; n++)", at->q, block_end(k, at->q, TRANSPOSE_run));
    begin(k, "for (long m = i; m < %s; m++)", block_end(k, "i", TRANSPOSE_ins));
    const char *rows = at->q[0] == '0' ? "n" : "(n - q)", *o = at->dense ? "n" : sum_of(k, at->o, rows), *r = "m";
    const char *shift = shift_of(k, at, arena_printf(k->arena, at->dense ? "%s" : "(%s)", o));
    if (strcmp(shift, "0") != 0) {
        line(k, "const long r = m - %s;", shift);
        r = "r";
    }
    Text valid = text_new(k->arena);
    if (r[0] == 'r')
        also(&valid, "r >= 0");
    if (r[0] == 'r' || !at_most(k, TRANSPOSE_ins, TRANSPOSE_w_run))
        also(&valid, arena_printf(k->arena, "%s < %s", r, dim(k, TRANSPOSE_w_run)));
    if (!(at->dense && at_most(k, TRANSPOSE_run, TRANSPOSE_w_outs)))
        also(&valid, arena_printf(k->arena, "%s < %s", o, dim(k, TRANSPOSE_w_outs)));
    const char *from =
        arena_printf(k->arena, "wt[%s]", offset_of(k, r, dim(k, TRANSPOSE_w_in), o, dim(k, TRANSPOSE_w_out)));
    const char *to = sum_of(k, product_of(k, rows, dim(k, TRANSPOSE_t_row)), "m");
    if (valid.length)
        line(k, "tr[%s] = %s ? %s : 0;", to, valid.bytes, from);
    else
        line(k, "tr[%s] = %s;", to, from);
    end_all(k, 2);
}

static void print_transpose(KernelText *k)
{
    const char *run = dim(k, TRANSPOSE_run), *ins = dim(k, TRANSPOSE_ins);
    const char *taps = product_of(k, dim(k, TRANSPOSE_taps_y), dim(k, TRANSPOSE_taps_x));
    Blocks at = {.dense = at_most(k, TRANSPOSE_ins, TRANSPOSE_group_outs), .tap = "tap", .q = "q"};
    at.one_block = at.dense && at_most(k, TRANSPOSE_run, TRANSPOSE_w_group_outs);

    const char *in_tap = quotient_of(k, sum_of(k, run, "15"), "16");
    int64_t number;
    const bool known = is_number(k, in_tap, &number);
    if (strchr(in_tap, '/')) {
        line(k, "const long in_tap = %s;", in_tap);
        in_tap = "in_tap";
        if (known)
            make_known(k, in_tap, number);
    }
    const char *blocks = product_of(k, taps, in_tap);
    line(k, "const long first = %s / parts, end = %s / parts;", product_of(k, blocks, "part"),
         product_of(k, blocks, "(part + 1)"));
    begin(k, "for (long block = first; block < end; block++)");
    if (is_number(k, in_tap, &number) && number == 1)
        at.tap = "block", at.q = "0";
    else if (strcmp(taps, "1") == 0)
        at.tap = "0", line(k, "const long q = 16 * block;");
    else
        line(k, "const long tap = block / %s, q = block %% %s * 16;", in_tap, in_tap);
    from_tap(k, &at);
    const char *row = sum_of(k, product_of(k, at.tap, run), at.q);
    line(k, "float *tr = %s;", sum_of(k, "t", product_of(k, row, dim(k, TRANSPOSE_t_row))));
    begin(k, "for (long i = 0; i < %s; i += 16)", ins);
    at.o = at.q;
    if (!at.dense) {
        const char *group = quotient_of(k, "i", dim(k, TRANSPOSE_group_outs));
        const char *base = product_of(k, group, dim(k, TRANSPOSE_group_ins));
        line(k, "const long o = %s;", sum_of(k, base, at.q));
        at.o = "o";
    }
    if (!whole_blocks(k, &at))
        single_numbers(k, &at);
    end_all(k, 2);
}

/* Of samples, how far apart they lie is known late. */
static void count_samples(const Plan *plan, Kernel *kernel)
{
    (void)plan;
    if (kernel->counts_samples)
        kernel->dim[TRANSPOSE_w_out] = kernel->operand[ROLE_W].buffer->stride;
}

/* Whoever adds a kernel lays it out. */
const FamilyInfo family_transpose = {
    .name = "transpose", HAS_DIMS(TRANSPOSE),
    .parameters = {READS(W, w), MAKES(Y, t), PACK_PARTS},
    .count_samples = count_samples,
    .print = print_transpose,
};
