/* CONV and CONV_POOL: a tile of pixels by vectors of outputs stays in registers while all taps are added.
 *
 * Long sums are cut into blocks of terms, whose weights stay in a first-level cache while they are added for one tile
 * after the other; from block to block the sums of a strip of tiles are in memory. Each of those tiles fetches its
 * share of the next block's weights, which lie too far apart for the processor to guess. */
#include <string.h>

#include "targets/cpu/channels.h"
#include "targets/cpu/families/conv.h"
#include "targets/cpu/families/cuts.h"
#include "targets/cpu/families/linear.h"
#include "targets/cpu/families/transpose.h"
#include "targets/cpu/families/transposed.h"

enum { ROWS = 1 << PART_ROWS, COLS = 1 << PART_COLS, VECS = 1 << PART_VECS, ALL = ROWS | COLS | VECS };

/* Terms of a block, as a rule and at most; floats of a strip; terms side by side that are added eight at a time. The
 * first cache holds the weights of a block (192 terms of 16 outputs are 12 KB) and the sums of a strip (16 KB), while
 * the tiles of the strip go through them. */
enum { TERMS = 192, MOST_TERMS = 256, STRIP_FLOATS = 4096, MANY_TERMS = 128 };

/* CONV_POOL's dimensions begin with CONV's. */
_Static_assert((int)CONV_POOL_norm_row == (int)CONV_norm_row, "CONV_POOL_DIMS begins with CONV_DIMS");

static const Finish finish = {CONV_has_bias, CONV_norm_row, CONV_act, CONV_POOL_act_first};

/* Whether nothing is added: a residue of the stride may have no tap. */
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
    if (is_number(k, row, &x) && is_number(k, tap_y, &y) && x == y)
        at = sum_of(k, at, product_of(k, sum_of(k, r, a), row));
    else
        at = sum_of(k, at, offset_of(k, r, row, a, tap_y));
    if (is_number(k, col, &x) && is_number(k, tap_x, &y) && x == y)
        at = sum_of(k, at, product_of(k, sum_of(k, c, b), col));
    else
        at = sum_of(k, at, offset_of(k, c, col, b, tap_x));
    return at;
}

/* How the terms of a sum are cut: into blocks of whole rows of taps, or of a part of the run at one tap. */
typedef struct Terms {
    bool cut;
    const char *all_rows, *all_cols; /* not less than one */
    const char *rows, *cols, *run;   /* of a block */
    bool parts_of_run;               /* its run is less than the whole one */
    const char *a, *b, *j;           /* where the block at hand begins */
} Terms;

static Terms cut_terms(KernelText *k)
{
    int64_t rows, cols, run;
    const char *taps_y = dim(k, CONV_taps_y), *taps_x = dim(k, CONV_taps_x), *all = dim(k, CONV_run);
    Terms t = {.all_rows = taps_y, .all_cols = taps_x, .rows = taps_y, .cols = taps_x, .run = all, .a = "0", .b = "0",
               .j = "0"};
    if (!is_number(k, taps_y, &rows) || !is_number(k, taps_x, &cols) || !is_number(k, all, &run)) {
        line(k, "const long all_a = most(%s, 1), all_b = most(%s, 1);", taps_y, taps_x); /* the sums may be empty */
        line(k, "const int whole = all_b * %s <= %d;", all, MOST_TERMS);
        line(k, "const long block_a = whole ? %d / (all_b * %s) : 1, block_b = whole ? all_b : 1;", MOST_TERMS, all);
        line(k, "const long parts = whole ? 1 : (%s + %d) / %d, block_j = (%s + parts - 1) / parts;", all, TERMS - 1,
             TERMS, all);
        return (Terms){.cut = true, .all_rows = "all_a", .all_cols = "all_b", .rows = "block_a", .cols = "block_b",
                       .run = "block_j"};
    }
    t.cut = rows * cols * run > MOST_TERMS;
    if (!t.cut)
        return t;
    if (cols * run <= MOST_TERMS) {
        t.rows = arena_printf(k->arena, "%lld", (long long)(MOST_TERMS / (cols * run)));
        return t;
    }
    const int64_t parts = (run + TERMS - 1) / TERMS;
    t.rows = t.cols = "1";
    t.run = arena_printf(k->arena, "%lld", (long long)((run + parts - 1) / parts));
    t.parts_of_run = parts > 1;
    return t;
}

/* Where the tile at hand begins, in tiles' pixels or pooled ones, and its sums in memory. */
typedef struct Place {
    const char *s, *r, *c, *sums;
} Place;

/* Where the tile's image begins, images being dimension `d` apart. */
static const char *image_of(KernelText *k, const char *first, const Place *tile, int d)
{
    return sum_of(k, first, product_of(k, tile->s, dim(k, d)));
}

/* Whether all tiles are one strip. */
static bool is_strip(const KernelText *k, int64_t images, int64_t rows, int64_t cols)
{
    bool one = true;
    for (int w = 0; w < WIDTH_COUNT; w++) {
        const Tile t = k->tile[w];
        const int64_t tiles = images * ((rows + t.rows - 1) / t.rows) * ((cols + t.cols - 1) / t.cols);
        one = one && tiles * t.rows * t.cols * t.vecs * (16 >> w) <= STRIP_FLOATS;
    }
    return one;
}

/* The tiles, in strips: as expressions. */
typedef struct Strips {
    const char *rows, *cols;   /* of pixels or, for tiles with `divisor` 2, of pooled ones */
    int divisor;
    bool known, one;           /* numbers; a single strip */
    bool one_image, one_row;   /* of tiles */
    const char *across, *per_image, *tiles; /* in a row, in an image, in all */
    const char *block;          /* terms of a block */
} Strips;

/* Declares how many tiles there are. */
static void count_tiles(KernelText *k, const Strips *s, const char *images, const char *down, const char *across)
{
    const char *type = s->known ? "enum {" : "const long", *end = s->known ? " }" : "";
    if (s->one_image && s->one_row) {
        line(k, "%s %s = %s%s;", type, s->tiles, across, end);
        return;
    }
    down = product_of(k, down, s->across);
    if (s->one_image)
        line(k, "%s %s = %s, %s = %s%s;", type, s->across, across, s->tiles, down, end);
    else
        line(k, "%s %s = %s, %s = %s, %s = %s%s;", type, s->across, across, s->per_image, down, s->tiles,
             product_of(k, images, s->per_image), end);
}

/* Names the terms of a block, which follow from the layer, and how many of the next block's a tile fetches ahead. */
static const char *name_block(KernelText *k, Terms *terms, const char *strip)
{
    const char *size = constant(k, product_of(k, product_of(k, terms->rows, terms->cols), terms->run));
    int64_t number;
    if (!is_number(k, size, &number)) {
        line(k, "const long block = %s, share = block / least(STRIP, tiles) + 1;", size);
        return "block";
    }
    line(k, "/* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */");
    line(k, "enum { BLOCK = %s, SHARE = (BLOCK + %s - 1) / %s };", size, strip, strip);
    make_known(k, "BLOCK", number);
    if (terms->parts_of_run)
        terms->run = "BLOCK";
    return "BLOCK";
}

static Strips make_strips(KernelText *k, Terms *terms, int divisor)
{
    const char *rows = dim(k, CONV_rows), *cols = dim(k, CONV_cols);
    if (divisor == 2)
        rows = quotient_of(k, rows, "2"), cols = quotient_of(k, cols, "2");
    Strips s = {.rows = rows, .cols = cols, .divisor = divisor};
    if (!terms->cut)
        return s;
    int64_t image_count, row_count, col_count;
    s.rows = constant(k, s.rows), s.cols = constant(k, s.cols);
    const char *images = constant(k, dim(k, CONV_images)), *down = tile_count(k, s.rows, PART_ROWS, divisor),
               *across = tile_count(k, s.cols, PART_COLS, divisor);
    s.known = is_number(k, images, &image_count) && is_number(k, rows, &row_count) && is_number(k, cols, &col_count);
    s.one = s.known && is_strip(k, image_count, row_count * divisor, col_count * divisor);
    s.one_image = is_1(k, images);
    s.one_row = is_1(k, down);
    s.across = s.known ? "ACROSS" : "across";
    s.per_image = s.known ? "PER_IMAGE" : "per_image";
    s.tiles = s.known ? "TILES" : "tiles";
    count_tiles(k, &s, images, down, across);
    const char *strip = s.one ? "TILES" : "STRIP";
    if (!s.one)
        line(k, "enum { STRIP = %d / (%s * VL) };", STRIP_FLOATS, part_product(k, ALL));
    s.block = name_block(k, terms, strip);
    return s;
}

/* Loops over strips, over blocks of terms, and over the tiles of a strip, whose sums begin with 0. */
static Place strip_loops(KernelText *k, Terms *terms, const Strips *s)
{
    const char *first = s->one ? loop(k, "first", "1") : block_loop(k, "first", s->tiles, "STRIP");
    const char *own = s->one ? s->tiles : "STRIP";
    line(k, "vec %s;", part_array(k, arena_printf(k->arena, "sums[%s]", own), ALL));
    if (s->known)
        line(k, "__builtin_memset(sums, 0, sizeof sums);");
    else
        line(k, "__builtin_memset(sums, 0, least(STRIP, tiles - first) * sizeof *sums);");
    terms->a = block_loop(k, is_1(k, terms->rows) ? "a" : "a0", terms->all_rows, terms->rows);
    terms->b = block_loop(k, is_1(k, terms->cols) ? "b" : "b0", terms->all_cols, terms->cols);
    terms->j = block_loop(k, "j0", dim(k, CONV_run), terms->run);
    const char *t = s->one ? loop(k, "t", s->tiles) : loop_in_block(k, "t", first, s->tiles, "STRIP");
    Place place = {"0", "0", t, arena_printf(k->arena, "sums[%s]", s->one ? t : "t - first")};
    const char *in_image = s->one_image ? t : arena_printf(k->arena, "t %% %s", s->per_image);
    if (!s->one_image) {
        line(k, "const long s = t / %s;", s->per_image);
        place.s = "s";
    }
    if (!s->one_row) {
        const char *at = arena_printf(k->arena, "%s / %s", in_image, s->across);
        line(k, "const long r = %s;", tile_start(k, at, s->rows, PART_ROWS, s->divisor));
        place.r = "r";
    }
    if (!s->one_row || !s->one_image)
        place.c = arena_printf(k->arena, "t %% %s", s->across);
    line(k, "const long c = %s;", tile_start(k, place.c, s->cols, PART_COLS, s->divisor));
    place.c = "c";
    return place;
}

/* Loops over the tiles. */
static Place tile_loops(KernelText *k, Terms *terms, const Strips *s)
{
    if (terms->cut)
        return strip_loops(k, terms, s);
    const char *image = loop(k, "s", dim(k, CONV_images)), *r = tile_loop(k, "r", s->rows, PART_ROWS, s->divisor);
    return (Place){image, r, tile_loop(k, "c", s->cols, PART_COLS, s->divisor), NULL};
}

/* sums -> acc, or back. */
static void move_sums(KernelText *k, const Place *tile, bool back)
{
    const char *m = part_loop(k, PART_ROWS), *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
    const char *acc = part_element(k, "acc", m, n, v);
    const char *sum = tile->sums ? part_element(k, tile->sums, m, n, v) : "vec_zero()";
    line(k, "%s = %s;", back ? sum : acc, back ? acc : sum);
    end_all(k, 3);
}

/* "a < 4 || j0 + 192 < run": whether blocks follow the one at hand. NULL where none ever does. */
static const char *more_terms(KernelText *k, const Terms *terms)
{
    const char *const at[] = {terms->a, terms->b, terms->j}, *const size[] = {terms->rows, terms->cols, terms->run},
               *const all[] = {terms->all_rows, terms->all_cols, dim(k, CONV_run)};
    const char *more = NULL;
    for (int i = 0; i < 3; i++) {
        int64_t number;
        if (is_number(k, at[i], &number))
            continue;
        const char *one = arena_printf(k->arena, "%s < %s", at[i], difference_of(k, all[i], size[i]));
        more = more ? arena_printf(k->arena, "%s || %s", more, one) : one;
    }
    return more;
}

/* acc = the sums of the tile, which reads the inputs from `x`: pixel (r, c) is its first one. Where blocks follow, the
 * tile is left. */
static void accumulate(KernelText *k, const char *x, const Place *tile, const char *r, const char *c,
                       const Terms *terms, const Strips *strips)
{
    line(k, "vec %s;", part_array(k, "acc", ALL));
    move_sums(k, tile, false);
    if (has_no_taps(k))
        return;

    int64_t number, block;
    const char *run = dim(k, CONV_run), *tap = sum_of(k, product_of(k, terms->a, dim(k, CONV_taps_x)), terms->b);
    const char *term = sum_of(k, product_of(k, tap, run), terms->j);
    x = image_of(k, x, tile, CONV_x_image);
    line(k, "const float *wo = %s;", sum_of(k, sum_of(k, "w", product_of(k, term, dim(k, CONV_w_row))), k->out));
    if (terms->cut) {
        const char *share = strcmp(strips->block, "BLOCK") == 0 ? "SHARE" : "share", *row = dim(k, CONV_w_row);
        const char *next = sum_of(k, strips->block, product_of(k, strips->one ? "t" : "(t - first)", share));
        line(k, "prefetch_rows(wo + (%s) * %s, %s, %s, %s);", next, row, share, row,
             product_of(k, part_product(k, VECS), "VL"));
    }
    const char *a = loop_in_block(k, "a", terms->a, dim(k, CONV_taps_y), terms->rows);
    const char *b = loop_in_block(k, "b", terms->b, dim(k, CONV_taps_x), terms->cols);
    line(k, "const float *xt = from_here(%s);", sum_of(k, input_at(k, x, r, c, a, b), terms->j));
    const char *count = terms->run;
    if (!is_number(k, run, &number) || !is_number(k, count, &block) || number % block)
        count = lesser(k, count, difference_of(k, run, terms->j));
    const char *unrolled = !is_number(k, run, &number) ? "IN_PAIRS" : number < MANY_TERMS ? "SEVERAL" : "IN_EIGHTS";
    begin(k, "%s for (long j = 0; j < %s; j++, xt++, wo += %s)", unrolled, count, dim(k, CONV_w_row));
    line(k, "vec %s;", part_array(k, "weights", VECS));
    const char *v = part_loop(k, PART_VECS);
    line(k, "%s = vec_load_once(%s);", part_element(k, "weights", NULL, NULL, v),
         sum_of(k, "wo", product_of(k, v, "VL")));
    end(k);
    const char *m = part_loop(k, PART_ROWS), *n = part_loop(k, PART_COLS);
    line(k, "const vec pixel = vec_all_of(%s);",
         sum_of(k, "xt", offset_of(k, m, dim(k, CONV_x_row), n, dim(k, CONV_x_col))));
    v = part_loop(k, PART_VECS);
    const char *acc = part_element(k, "acc", m, n, v);
    line(k, "%s = vec_fma(pixel, %s, %s);", acc, part_element(k, "weights", NULL, NULL, v), acc);
    end_all(k, 3);
    end_all(k, 3);

    const char *more = more_terms(k, terms);
    if (more) {
        begin(k, "if (%s)", more);
        move_sums(k, tile, true);
        line(k, "continue;");
        end(k);
    }
}

/* The first output of vector v. */
static const char *first_out(KernelText *k, const char *v)
{
    return sum_of(k, k->out, product_of(k, v, "VL"));
}

static void print_conv(KernelText *k)
{
    tile_constants(k, ALL);
    Terms terms = cut_terms(k);
    const Strips strips = make_strips(k, &terms, 1);
    const int depth = k->depth;
    output_loop(k, dim(k, CONV_outs));
    const char *x = has_no_taps(k) ? "x" : group_input(k, CONV_outs, CONV_group_outs, CONV_group_ins);
    const Place tile = tile_loops(k, &terms, &strips);
    const char *r = tile.r, *c = tile.c;
    accumulate(k, x, &tile, r, c, &terms, &strips);

    const char *m = part_loop(k, PART_ROWS), *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
    const char *at = offset_of(k, sum_of(k, r, m), dim(k, CONV_y_row), sum_of(k, c, n), dim(k, CONV_y_col));
    at = sum_of(k, image_of(k, "y", &tile, CONV_y_image), at);
    at = sum_of(k, sum_of(k, at, k->out), product_of(k, v, "VL"));
    if (finish_is_nothing(k, &finish)) {
        line(k, "vec_store(%s, %s);", at, part_element(k, "acc", m, n, v));
    } else {
        line(k, "vec sum = %s;", part_element(k, "acc", m, n, v));
        finish_sum(k, &finish, "sum", first_out(k, v));
        line(k, "vec_store(%s, sum);", at);
    }
    end_all(k, k->depth - depth);
}

/* The norm of all elements that a pool is to choose among. */
static void norm_tile(KernelText *k)
{
    if (!finish_begin_unpooled(k, &finish))
        return;
    const char *m = part_loop(k, PART_ROWS), *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
    finish_unpooled(k, &finish, part_element(k, "acc", m, n, v), first_out(k, v));
    end_all(k, 4);
}

static void print_conv_pool(KernelText *k)
{
    tile_constants(k, ALL);
    Terms terms = cut_terms(k);
    const Strips strips = make_strips(k, &terms, 2);
    const int depth = k->depth;
    output_loop(k, dim(k, CONV_outs));
    const char *x = has_no_taps(k) ? "x" : group_input(k, CONV_outs, CONV_group_outs, CONV_group_ins);
    const Place tile = tile_loops(k, &terms, &strips);
    const char *r = tile.r, *c = tile.c;
    accumulate(k, x, &tile, product_of(k, "2", r), product_of(k, "2", c), &terms, &strips);

    norm_tile(k);
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
    finish_pooled(k, &finish, "best", first_out(k, v));
    const char *y = sum_of(k, image_of(k, "y", &tile, CONV_y_image),
                           offset_of(k, r, dim(k, CONV_y_row), column, dim(k, CONV_y_col)));
    const char *arg =
        sum_of(k, image_of(k, "arg", &tile, CONV_POOL_arg_image),
               offset_of(k, r, dim(k, CONV_POOL_arg_row), column, dim(k, CONV_POOL_arg_col)));
    const char *lane = first_out(k, v);
    line(k, "vec_store(%s, best);", sum_of(k, y, lane));
    line(k, "ivec_store_bytes(%s, at);", sum_of(k, arg, lane));
    end_all(k, k->depth - depth);
}

void merge_taps(int64_t *d, bool grouped)
{
    if (grouped)
        return;
    if (d[CONV_x_tap_x] == d[CONV_run]) {
        d[CONV_run] *= d[CONV_taps_x];
        d[CONV_taps_x] = 1;
    }
    if (d[CONV_taps_x] == 1 && d[CONV_x_tap_y] == d[CONV_run]) {
        d[CONV_run] *= d[CONV_taps_y];
        d[CONV_taps_y] = 1;
    }
}

void merge_pixels(int64_t *d)
{
    if (d[CONV_x_row] != d[CONV_cols] * d[CONV_x_col] || d[CONV_y_row] != d[CONV_cols] * d[CONV_y_col])
        return;
    d[CONV_cols] *= d[CONV_rows];
    d[CONV_rows] = 1;
}

Operand set_window_dims(Kernel *kernel, Buffer *x, int64_t outs)
{
    const Window *w = &kernel->ops[0]->attr.window;
    GroupWindow g = conv_window(w, x, outs);
    int64_t *d = kernel->dim, row = buffer_row(x);
    d[CONV_rows] = window_extent(w, 0, x->rows);
    d[CONV_cols] = window_extent(w, 1, x->cols);
    d[CONV_outs] = round_up(outs, PAD);
    d[CONV_taps_y] = w->kernel[0];
    d[CONV_taps_x] = w->kernel[1];
    d[CONV_run] = g.run;
    d[CONV_x_row] = w->stride[0] * row;
    d[CONV_x_col] = w->stride[1] * x->pitch;
    d[CONV_x_tap_y] = w->dilation[0] * row;
    d[CONV_x_tap_x] = w->dilation[1] * x->pitch;
    kernel->flops = conv_flops(x, w, outs);
    return first_window(x, w);
}

/* Whether a batch reads weights so often that a copy of them with rows spread over the cache pays. Rows a power of two
 * apart push each other out of all caches: at half the rate of the peak that a convolution then loses, a hundred pixels
 * make up for a copy. */
static bool spread_pays(const Plan *plan, const int64_t *d, int64_t outs)
{
    enum { MANY_PIXELS = 128 };
    return spread_row(outs) != round_up(outs, PAD) && d[CONV_rows] * d[CONV_cols] * plan->batch >= MANY_PIXELS;
}

/* The weights as a dense forward convolution reads them, inputs-major: as they are, or a layout made from them. */
static Buffer *dense_weights(Plan *plan, Kernel *kernel, const Buffer *x, int64_t outs)
{
    Buffer *weights = buffer_at(plan, kernel, ROLE_W);
    const Window *window = &kernel->ops[0]->attr.window;
    WeightOrder order = weights->order;
    kernel->dim[CONV_w_row] = round_up(outs, PAD);
    if (order.out == 1 && (window->groups > 1 || !spread_pays(plan, kernel->dim, outs)))
        return weights;
    int64_t run = conv_window(window, x, outs).run, row = spread_row(outs);
    int64_t taps = window->kernel[0] * window->kernel[1];
    Buffer *dense = packed_weights(plan, kernel->value[ROLE_W], ".dense", taps * run * row);
    /* A transposition swaps outputs and inputs; told them the other way round, it swaps them back. */
    int64_t *t = add_pack_kernel(plan, FAMILY_TRANSPOSE, kernel, dense)->dim;
    t[TRANSPOSE_taps_y] = window->kernel[0];
    t[TRANSPOSE_taps_x] = window->kernel[1];
    t[TRANSPOSE_run] = run;
    t[TRANSPOSE_ins] = outs;
    t[TRANSPOSE_t_row] = kernel->dim[CONV_w_row] = row;
    t[TRANSPOSE_group_outs] = round_up(outs, PAD);
    t[TRANSPOSE_w_run] = outs;
    t[TRANSPOSE_w_outs] = t[TRANSPOSE_w_group_outs] = x->channels;
    t[TRANSPOSE_w_tap_y] = order.tap_y;
    t[TRANSPOSE_w_tap_x] = order.tap_x;
    t[TRANSPOSE_w_in] = order.out;
    t[TRANSPOSE_w_out] = order.in;
    t[TRANSPOSE_step_y] = t[TRANSPOSE_step_x] = 1;
    return dense;
}

static void layout(Plan *plan, Kernel *kernel)
{
    Buffer *x = buffer_at(plan, kernel, ROLE_X), *y = buffer_at(plan, kernel, ROLE_Y);
    int64_t outs = kernel->value[ROLE_W]->shape.dim[0], *d = kernel->dim;
    GroupWindow g = conv_window(&kernel->ops[0]->attr.window, x, outs);
    kernel->operand[ROLE_X] = set_window_dims(kernel, x, outs);
    kernel->operand[ROLE_W] = whole(dense_weights(plan, kernel, x, outs));
    kernel->operand[ROLE_BIAS] = whole(buffer_at(plan, kernel, ROLE_BIAS));
    kernel->operand[ROLE_Y] = inside_value(plan, kernel, ROLE_Y);
    d[CONV_y_row] = buffer_row(y);
    d[CONV_y_col] = y->pitch;
    d[CONV_group_outs] = g.outs;
    d[CONV_group_ins] = g.ins;
    d[CONV_has_bias] = kernel_has_bias(kernel);
    d[CONV_norm_row] = norm_row(plan, kernel);
    set_activation(kernel, CONV_act);
    merge_taps(d, g.ins != 0);
    if (kernel->family == FAMILY_CONV)
        merge_pixels(d);
}

static void layout_pool(Plan *plan, Kernel *kernel)
{
    Buffer *arg = buffer_at(plan, kernel, ROLE_ARG);
    kernel->operand[ROLE_ARG] = inside(arg);
    kernel->dim[CONV_POOL_act_first] = kernel->act_first;
    kernel->dim[CONV_POOL_arg_row] = buffer_row(arg);
    kernel->dim[CONV_POOL_arg_col] = arg->pitch;
    layout(plan, kernel);
}

/* Rows of outputs, in whole windows of a pool, or pixels of the only row; outputs where they are in no groups. */
static bool cut(Kernel *kernel, Grid grid)
{
    int64_t *d = kernel->dim;
    Operand *operand = kernel->operand;
    const int64_t pooled = kernel->family == FAMILY_CONV_POOL ? 2 : 1;
    const bool one_row = pooled == 1 && d[CONV_rows] == 1;
    if (!cut_dim(kernel, one_row ? CONV_cols : CONV_rows, grid.rows, pooled) ||
        !cut_dim(kernel, CONV_outs, grid.outs, PAD) || (d[CONV_group_ins] && grid.outs > 1))
        return false;
    if (grid.outs > 1)
        d[CONV_group_outs] = d[CONV_outs];
    operand[ROLE_X].step[1] = one_row ? d[CONV_cols] * d[CONV_x_col] : d[CONV_rows] * d[CONV_x_row];
    operand[ROLE_Y].step[1] = one_row ? d[CONV_cols] * d[CONV_y_col] : d[CONV_rows] / pooled * d[CONV_y_row];
    operand[ROLE_W].step[2] = operand[ROLE_Y].step[2] = d[CONV_outs];
    if (d[CONV_has_bias] || d[CONV_norm_row])
        operand[ROLE_BIAS].step[2] = d[CONV_outs];
    if (kernel->family == FAMILY_CONV_POOL) {
        operand[ROLE_ARG].step[1] = d[CONV_rows] / pooled * d[CONV_POOL_arg_row];
        operand[ROLE_ARG].step[2] = d[CONV_outs];
    }
    return true;
}

static void count_samples(const Plan *plan, Kernel *kernel)
{
    int64_t *d = kernel->dim;
    const Operand *operand = kernel->operand;
    const bool linear = op_is_linear(kernel->op);
    d[CONV_images] = 1;
    if (!kernel->counts_samples)
        return;
    d[linear ? CONV_cols : CONV_images] = samples_together(plan, kernel);
    d[linear ? CONV_x_col : CONV_x_image] = operand[ROLE_X].buffer->stride;
    d[linear ? CONV_y_col : CONV_y_image] = operand[ROLE_Y].buffer->stride;
    if (kernel->family == FAMILY_CONV_POOL)
        d[CONV_POOL_arg_image] = operand[ROLE_ARG].buffer->stride;
}

static const Tile conv_16[] = {
    {2, 4, 2}, {1, 8, 2}, {2, 6, 2}, {3, 4, 2}, {2, 4, 3}, {4, 2, 2}, {2, 3, 2}, {3, 3, 2}, {3, 2, 2}, {2, 2, 2},
    {1, 9, 2}, {1, 7, 2}, {1, 6, 2}, {1, 5, 2}, {1, 4, 2}, {1, 3, 2}, {1, 2, 2}, {1, 1, 2}, {4, 1, 2}, {3, 1, 2},
    {2, 1, 2}, {1, 4, 4}, {1, 2, 4}, {1, 1, 4}, {2, 4, 1}, {1, 8, 1}, {2, 6, 1}, {3, 4, 1}, {4, 2, 1}, {3, 3, 1},
    {2, 3, 1}, {3, 2, 1}, {2, 2, 1}, {1, 9, 1}, {1, 7, 1}, {1, 6, 1}, {1, 5, 1}, {1, 4, 1}, {1, 3, 1}, {1, 2, 1},
    {1, 1, 1}, {4, 1, 1}, {3, 1, 1}, {2, 1, 1},
};
static const Tile conv_8[] = {
    {2, 2, 2}, {1, 4, 2}, {2, 3, 2}, {3, 2, 2}, {1, 6, 2}, {2, 2, 3}, {1, 4, 3}, {1, 5, 2}, {1, 3, 2}, {1, 2, 4},
    {1, 2, 2}, {1, 1, 4}, {1, 1, 2}, {4, 1, 2}, {3, 1, 2}, {2, 1, 2},
};
static const Tile conv_4[] = {
    {2, 2, 2}, {1, 4, 2}, {1, 5, 2}, {1, 3, 2}, {1, 2, 4}, {1, 2, 2}, {1, 1, 4}, {1, 1, 2}, {4, 1, 2}, {3, 1, 2},
    {2, 1, 2},
};
static const Tile pool_16[] = {{2, 4, 2}, {2, 6, 2}, {2, 4, 3}, {2, 2, 2}, {2, 4, 1}, {2, 6, 1}, {2, 2, 1}};
static const Tile pool_8[] = {{2, 2, 2}, {2, 2, 3}};
static const Tile pool_4[] = {{2, 2, 2}};

/* A tile stays in a block of groups. */
static TileSpace space(const int64_t *d)
{
    return (TileSpace){d[CONV_rows], d[CONV_cols], d[CONV_group_ins] ? d[CONV_group_outs] : d[CONV_outs]};
}

static const FamilyTiles tiles = {.width = {TILES(conv_16), TILES(conv_8), TILES(conv_4)}, .space = space};
static const FamilyTiles pool_tiles = {
    .width = {TILES(pool_16), TILES(pool_8), TILES(pool_4)}, .space = space, .even = true};

/* Whether a pool is fused into it. */
static bool has_pool(const KernelGraph *kernels, const GraphKernel *kernel)
{
    (void)kernels;
    return kernel->op->info == &op_conv2d && kernel->value[ROLE_ARG];
}

static bool has_no_pool(const KernelGraph *kernels, const GraphKernel *kernel)
{
    return !has_pool(kernels, kernel);
}

const FamilyInfo family_conv = {
    .name = "conv", HAS_DIMS(CONV),
    .parameters = {READS(X, x), READS(W, w), READS(BIAS, bias), MAKES(Y, y)},
    .computes = {{&op_conv2d, .border = border_for_windows, .some_channels = {ROLE_Y}},
                 {&op_conv_transpose2d, .border = border_for_residues, .layout = layout_conv_residue,
                  .expand = expand_residues},
                 {&op_conv2d_grad_input, BACK, border_for_residues, layout_conv_residue, expand_residues},
                 {&op_linear, .layout = layout_linear},
                 {&op_linear_grad_input, BACK, .layout = layout_linear_grad_input, .in_front = true}},
    .suits = has_no_pool, .x_by_number = true,
    .layout = layout, .cut = cut, .images = CONV_images, .count_samples = count_samples,
    .tiles = &tiles, .print = print_conv,
};

const FamilyInfo family_conv_pool = {
    .name = "conv_pool", HAS_DIMS(CONV_POOL),
    .parameters = {READS(X, x), READS(W, w), READS(BIAS, bias), MAKES(Y, y), MAKES_BYTES(ARG, arg)},
    .computes = {{&op_conv2d, .border = border_for_windows}},
    .suits = has_pool, .x_by_number = true, .pools = true,
    .layout = layout_pool, .cut = cut, .images = CONV_images, .count_samples = count_samples,
    .tiles = &pool_tiles, .print = print_conv_pool,
};
