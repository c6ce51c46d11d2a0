/* How CONV and CONV_POOL add: a tile of pixels by vectors of outputs stays in registers while all taps are added.
 *
 * Long sums are cut into blocks of terms, whose weights stay in a first-level cache while they are added for one tile
 * after the other; from block to block the sums of a strip of tiles are in memory. Each of those tiles fetches its
 * share of the next block's weights, which lie too far apart for the processor to guess. So far apart, often a power of
 * two, they would also push each other out: where tiles enough go through them, they are copied side by side first.
 *
 * Where the pixels come from memory, they come once: a strip of them stays in the second cache while all outputs are
 * made of it. Its tiles ask for the pixels of the strip after it, in the order in which these lie, so that memory works
 * all the time and not only while the first outputs are made. */
#include <string.h>

#include "targets/cpu/families/conv_sums.h"

enum { ROWS = 1 << PART_ROWS, COLS = 1 << PART_COLS, VECS = 1 << PART_VECS, ALL = ROWS | COLS | VECS };

/* Terms of a block, as a rule and at most; terms side by side that are added eight at a time. The first cache holds
 * the weights of a block (192 terms of 16 outputs are 12 KB) and the sums of a strip (16 KB at most), while the tiles
 * of the strip go through them. */
enum { TERMS = 192, MOST_TERMS = 256, MANY_TERMS = 128 };

/* Pixels of a strip: at least, so that reading the weights anew for each strip takes little beside multiplying by them,
 * and at most. Floats of a strip's inputs and outputs, of which the second cache holds those of two strips, and weights
 * (512 KB in small processors). A call goes over all pixels for each panel of weights where there are few of these
 * floats, fewer than MANY_TIMES the weights, or few of a pixel's inputs. A tile of few terms is over before it has
 * asked for anything. */
enum { LEAST_PIXELS = 96, MOST_PIXELS = 256, CLOSE_FLOATS = 1 << 15, FEW_FLOATS = 2 * CLOSE_FLOATS };
enum { MANY_TIMES = 4, FEW_INPUTS = 16, FEW_TERMS = 64 };

/* Floats from a term's weights to the next one's, and of all weights, that lie near enough as they are. */
enum { NEAR_ROW = 32, NEAR_WEIGHTS = 8192 };

/* Terms whose weights each tile fetches for the outputs that come next, where all terms are one block. */
enum { TERMS_AHEAD = 8 };

/* Floats of outputs that don't stay in the first cache: each tile asks for its lines before it adds. */
enum { FAR_FLOATS = 1 << 15 };

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
    bool near, maybe;                /* its weights are copied: always, or if `is_near` */
} Terms;

/* Whether a block's weights are copied. */
static void choose_near(KernelText *k, Terms *t)
{
    const char *row = dim(k, CONV_w_row);
    const char *pixels = product_of(k, dim(k, CONV_images), product_of(k, dim(k, CONV_rows), dim(k, CONV_cols)));
    int64_t taps_y, taps_x, run, floats, count;
    if (dim_number(k, CONV_taps_y, &taps_y) && dim_number(k, CONV_taps_x, &taps_x) &&
        dim_number(k, CONV_run, &run) && is_number(k, row, &floats) && is_number(k, pixels, &count)) {
        t->near = count >= NEAR_PIXELS && floats > NEAR_ROW && taps_y * taps_x * run * floats > NEAR_WEIGHTS;
        return;
    }
    t->near = t->maybe = true;
    line(k, "const int is_near = %s >= %d && %s > %d;", pixels, NEAR_PIXELS, row, NEAR_ROW);
    line(k, "const long w_step = is_near ? %s : %s;", tile_floats(k), row);
}

/* What is left of `all` from `at` on, as far as a block goes. */
static const char *left_of(KernelText *k, const char *all, const char *at, const char *block)
{
    int64_t all_count, block_count;
    if (is_number(k, all, &all_count) && is_number(k, block, &block_count) && all_count % block_count == 0)
        return block;
    return lesser(k, block, difference_of(k, all, at));
}

/* Where the weights of the block at hand begin. */
static const char *block_weights(KernelText *k, const Terms *t)
{
    const char *tap = sum_of(k, product_of(k, t->a, dim(k, CONV_taps_x)), t->b);
    const char *term = sum_of(k, product_of(k, tap, dim(k, CONV_run)), t->j);
    return sum_of(k, sum_of(k, "w", product_of(k, term, dim(k, CONV_w_row))), k->out);
}

/* near = the weights of the block at hand, side by side. */
static void copy_weights(KernelText *k, const Terms *t)
{
    const char *taps = product_of(k, left_of(k, dim(k, CONV_taps_y), t->a, t->rows),
                                  left_of(k, dim(k, CONV_taps_x), t->b, t->cols));
    const char *count = product_of(k, taps, left_of(k, dim(k, CONV_run), t->j, t->run));
    const char *size = constant(k, product_of(k, product_of(k, t->rows, t->cols), t->run));
    int64_t number;
    if (!is_number(k, size, &number))
        size = arena_printf(k->arena, "%d", MOST_TERMS);
    line(k, "vec %s;", part_array(k, arena_printf(k->arena, "near[%s]", size), VECS));
    if (t->maybe)
        begin(k, "if (is_near)");
    const char *j = loop(k, "j", count), *v = part_loop(k, PART_VECS);
    line(k, "%s = vec_load(%s);", part_element(k, arena_printf(k->arena, "near[%s]", j), NULL, NULL, v),
         sum_of(k, sum_of(k, block_weights(k, t), product_of(k, j, dim(k, CONV_w_row))), product_of(k, v, "VL")));
    end_all(k, t->maybe ? 3 : 2);
}

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

const char *image_of(KernelText *k, const char *first, const Place *tile, int d)
{
    return sum_of(k, first, product_of(k, tile->s, dim(k, d)));
}

/* Whether all tiles are one strip. */
static bool is_strip(const KernelText *k, int64_t images, int64_t rows, int64_t cols, int64_t pixels)
{
    bool one = true;
    for (int w = 0; w < WIDTH_COUNT; w++) {
        const Tile t = k->tile[w];
        const int64_t tiles = images * ((rows + t.rows - 1) / t.rows) * ((cols + t.cols - 1) / t.cols);
        one = one && tiles <= pixels / (t.rows * t.cols);
    }
    return one;
}

/* The tiles, in strips: as expressions. */
typedef struct Strips {
    const char *rows, *cols;   /* of pixels or, for tiles with `divisor` 2, of pooled ones */
    int divisor;
    bool known, one;           /* numbers; a single strip */
    bool plain;                /* no strips: loops over images, rows and columns */
    bool around;               /* the outputs: strips are the outermost loop */
    bool one_image, one_row;   /* of tiles */
    const char *across, *per_image, *tiles; /* in a row, in an image, in all */
    const char *strip;          /* tiles of a strip */
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
static const char *name_block(KernelText *k, Terms *terms, const Strips *s)
{
    const char *size = constant(k, product_of(k, product_of(k, terms->rows, terms->cols), terms->run));
    const char *strip = s->one ? s->tiles : s->strip;
    int64_t number;
    if (!is_number(k, size, &number)) {
        line(k, "const long block = %s, share = block / least(%s, %s) + 1;", size, strip, s->tiles);
        return "block";
    }
    line(k, "/* The weights of BLOCK terms stay in the first cache; each tile fetches SHARE of the next ones. */");
    line(k, "enum { BLOCK = %s, SHARE = (BLOCK + %s - 1) / %s };", size, strip, strip);
    make_known(k, "BLOCK", number);
    if (terms->parts_of_run)
        terms->run = "BLOCK";
    return "BLOCK";
}

/* What decides how long strips are: pixels, floats of inputs and outputs for each, weights. */
typedef struct Sizes {
    const char *pixels, *terms, *outs, *x_col;
} Sizes;

static Sizes sizes_of(KernelText *k)
{
    return (Sizes){
        .pixels = product_of(k, dim(k, CONV_images), product_of(k, dim(k, CONV_rows), dim(k, CONV_cols))),
        .terms = product_of(k, product_of(k, dim(k, CONV_taps_y), dim(k, CONV_taps_x)), dim(k, CONV_run)),
        .outs = dim(k, CONV_outs),
        .x_col = dim(k, CONV_x_col),
    };
}

/* Whether strips go around the outputs, where that is known: it isn't for prebuilt kernels, where they do. Gives how
 * many pixels a strip has. */
static bool choose_strip(KernelText *k, bool *known, int64_t *strip)
{
    const Sizes s = sizes_of(k);
    int64_t pixels, terms, outs, x_col;
    *known = is_number(k, s.pixels, &pixels) && is_number(k, s.terms, &terms) && is_number(k, s.outs, &outs) &&
             is_number(k, s.x_col, &x_col);
    *strip = MOST_PIXELS;
    if (!*known)
        return true;
    const int64_t floats = (terms < x_col ? terms : x_col) + outs, close = CLOSE_FLOATS / floats;
    if (terms < FEW_TERMS || x_col < FEW_INPUTS || pixels * floats <= FEW_FLOATS ||
        pixels * floats <= MANY_TIMES * terms * outs)
        return false;
    *strip = close < LEAST_PIXELS ? LEAST_PIXELS : close > MOST_PIXELS ? MOST_PIXELS : close;
    return true;
}

/* Declares how many tiles a strip has. */
static const char *name_strip(KernelText *k, bool known, int64_t pixels)
{
    const char *tile = part_product(k, ROWS | COLS);
    if (strchr(tile, '*'))
        tile = arena_printf(k->arena, "(%s)", tile);
    line(k, "enum { STRIP = %lld / %s };", (long long)(known ? pixels : MOST_PIXELS), tile);
    if (known)
        return "STRIP";
    const Sizes s = sizes_of(k);
    line(k, "const long floats = least(%s, %s) + %s, all = %s;", s.x_col, s.terms, s.outs,
         product_of(k, s.pixels, "floats"));
    const char *weights = product_of(k, s.terms, s.outs);
    line(k, "const int is_far = %s >= %d && %s >= %d && all > most(%d * %s, %d);", s.terms, FEW_TERMS, s.x_col,
         FEW_INPUTS, MANY_TIMES, weights, FEW_FLOATS);
    line(k, "const long strip = !is_far ? STRIP : most(%d, least(%d / floats, %d)) / %s;", LEAST_PIXELS,
         CLOSE_FLOATS, MOST_PIXELS, tile);
    return "strip";
}

static Strips make_strips(KernelText *k, Terms *terms, int divisor)
{
    const char *rows = dim(k, CONV_rows), *cols = dim(k, CONV_cols);
    if (divisor == 2)
        rows = quotient_of(k, rows, "2"), cols = quotient_of(k, cols, "2");
    Strips s = {.rows = rows, .cols = cols, .divisor = divisor};
    int64_t image_count, row_count, col_count, pixels;
    bool known;
    s.around = choose_strip(k, &known, &pixels);
    s.plain = has_no_taps(k) || (!terms->cut && !s.around);
    if (s.plain)
        return s;
    s.rows = constant(k, s.rows), s.cols = constant(k, s.cols);
    const char *images = constant(k, dim(k, CONV_images)), *down = tile_count(k, s.rows, PART_ROWS, divisor),
               *across = tile_count(k, s.cols, PART_COLS, divisor);
    s.known = is_number(k, images, &image_count) && is_number(k, rows, &row_count) && is_number(k, cols, &col_count);
    s.one = known && is_strip(k, image_count, row_count * divisor, col_count * divisor, pixels);
    s.one_image = is_1(k, images);
    s.one_row = is_1(k, down);
    s.across = s.known ? "ACROSS" : "across";
    s.per_image = s.known ? "PER_IMAGE" : "per_image";
    s.tiles = s.known ? "TILES" : "tiles";
    count_tiles(k, &s, images, down, across);
    if (!s.one)
        s.strip = name_strip(k, known, pixels);
    if (terms->cut || terms->near)
        s.block = name_block(k, terms, &s);
    return s;
}

/* Where tile `t` is, in variables whose names begin with `prefix`. */
static Place place_of(KernelText *k, const Strips *s, const char *t, const char *prefix)
{
    Place place = {.s = "0", .r = "0", .c = t};
    const char *in_image = s->one_image ? t : arena_printf(k->arena, "%s %% %s", t, s->per_image);
    if (!s->one_image) {
        place.s = arena_printf(k->arena, "%ss", prefix);
        line(k, "const long %s = %s / %s;", place.s, t, s->per_image);
    }
    if (!s->one_row) {
        const char *at = arena_printf(k->arena, "%s / %s", in_image, s->across);
        place.r = arena_printf(k->arena, "%sr", prefix);
        line(k, "const long %s = %s;", place.r, tile_start(k, at, s->rows, PART_ROWS, s->divisor));
    }
    if (!s->one_row || !s->one_image)
        place.c = arena_printf(k->arena, "%s %% %s", t, s->across);
    const char *c = arena_printf(k->arena, "%sc", prefix);
    line(k, "const long %s = %s;", c, tile_start(k, place.c, s->cols, PART_COLS, s->divisor));
    place.c = c;
    return place;
}

static const char *strip_loop(KernelText *k, const Strips *s)
{
    return s->plain || s->one ? loop(k, "first", "1") : block_loop(k, "first", s->tiles, s->strip);
}

/* Loops over blocks of terms, and over the tiles of the strip that begins at `first`, whose sums begin with 0. */
static Place strip_loops(KernelText *k, Terms *terms, const Strips *s, const char *first)
{
    if (terms->cut) {
        line(k, "vec %s;", part_array(k, arena_printf(k->arena, "sums[%s]", s->one ? s->tiles : "STRIP"), ALL));
        if (s->known)
            line(k, "__builtin_memset(sums, 0, sizeof sums);");
        else
            line(k, "__builtin_memset(sums, 0, least(%s, tiles - first) * sizeof *sums);", s->strip);
    }
    terms->a = block_loop(k, is_1(k, terms->rows) ? "a" : "a0", terms->all_rows, terms->rows);
    terms->b = block_loop(k, is_1(k, terms->cols) ? "b" : "b0", terms->all_cols, terms->cols);
    terms->j = block_loop(k, "j0", dim(k, CONV_run), terms->run);
    if (terms->near)
        copy_weights(k, terms);
    const char *t = s->one ? loop(k, "t", s->tiles) : loop_in_block(k, "t", first, s->tiles, s->strip);
    Place place = place_of(k, s, t, "");
    if (terms->cut)
        place.sums = arena_printf(k->arena, "sums[%s]", s->one ? t : "t - first");
    return place;
}

/* Loops over the tiles. */
static Place tile_loops(KernelText *k, Terms *terms, const Strips *s, const char *first)
{
    if (!s->plain)
        return strip_loops(k, terms, s, first);
    if (terms->near) {
        copy_weights(k, terms);
        line(k, "long ahead = 0;");
    }
    const char *image = loop(k, "s", dim(k, CONV_images)), *r = tile_loop(k, "r", s->rows, PART_ROWS, s->divisor);
    return (Place){.s = image, .r = r, .c = tile_loop(k, "c", s->cols, PART_COLS, s->divisor)};
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

/* Asks for the lines of y that the tile will be stored to, where they are far away and no more terms follow. */
static void expect_outputs(KernelText *k, const Place *tile, int divisor, const char *more)
{
    const char *row = dim(k, CONV_y_row), *col = dim(k, CONV_y_col);
    const char *size = product_of(k, product_of(k, dim(k, CONV_images), dim(k, CONV_rows)),
                                  product_of(k, dim(k, CONV_cols), dim(k, CONV_outs)));
    int64_t floats;
    const bool known = is_number(k, size, &floats);
    if (known && floats < FAR_FLOATS)
        return;
    if (!known)
        begin(k, "if (%s >= %d%s)", size, FAR_FLOATS, more ? arena_printf(k->arena, " && !(%s)", more) : "");
    else if (more)
        begin(k, "if (!(%s))", more);
    const char *pixels = arena_printf(k->arena, "%d", divisor);
    const char *m = loop(k, "m", quotient_of(k, part_product(k, ROWS), pixels));
    const char *at = sum_of(k, offset_of(k, sum_of(k, tile->r, m), row, tile->c, col), k->out);
    line(k, "expect_rows(%s, %s, %s, %s);", sum_of(k, image_of(k, "y", tile, CONV_y_image), at),
         quotient_of(k, part_product(k, COLS), pixels), col, tile_floats(k));
    end_all(k, known && !more ? 1 : 2);
}

/* Leaves the tile where blocks follow. Its sums go to memory then, or always. */
static void leave(KernelText *k, const Place *tile, const char *more, bool always)
{
    if (always)
        move_sums(k, tile, true);
    if (!more)
        return;
    begin(k, "if (%s)", more);
    if (!always)
        move_sums(k, tile, true);
    line(k, "continue;");
    end(k);
}

/* Fetches weights of the next block, which is that of the next outputs where no more terms follow. */
static void fetch_weights(KernelText *k, const Terms *terms, const Strips *strips, const char *more)
{
    const char *row = dim(k, CONV_w_row), *size = tile_floats(k);
    const char *next_outs = sum_of(k, sum_of(k, "w", k->out), size);
    if (strips->block) {
        const char *share = strcmp(strips->block, "BLOCK") == 0 ? "SHARE" : "share";
        if (more)
            next_outs = arena_printf(k->arena, "%s ? %s : %s", more,
                                     sum_of(k, block_weights(k, terms), product_of(k, strips->block, row)), next_outs);
        line(k, "const float *next = %s;", next_outs);
        const char *first = product_of(k, product_of(k, strips->one ? "t" : "(t - first)", share), row);
        line(k, "prefetch_rows(%s, %s, %s, %s);", sum_of(k, "next", first), share, row, size);
    } else if (terms->near) {
        const char *count = product_of(k, product_of(k, terms->rows, terms->cols), terms->run);
        begin(k, "if (%sahead < %s)", terms->maybe ? "is_near && " : "", count);
        line(k, "prefetch_rows(%s, %d, %s, %s);", sum_of(k, next_outs, product_of(k, "ahead", row)), TERMS_AHEAD, row,
             size);
        line(k, "ahead += %d;", TERMS_AHEAD);
        end(k);
    }
}

/* Asks for the pixels that the strip after the one at hand reads: each tile for its share, with its first terms. The
 * last row of taps is what the tiles before have not read. */
static void fetch_inputs(KernelText *k, const char *x, const Terms *terms, const Strips *strips)
{
    if (strips->plain || strips->one || !strips->around)
        return;
    const char *const at[] = {terms->a, terms->b, terms->j};
    const char *first = strcmp(strips->strip, "strip") == 0 ? "is_far" : NULL; /* or that is known */
    for (int i = 0; i < 3; i++) {
        int64_t number;
        if (!is_number(k, at[i], &number))
            first = first ? arena_printf(k->arena, "%s && %s == 0", first, at[i])
                          : arena_printf(k->arena, "%s == 0", at[i]);
    }
    if (first)
        begin(k, "if (%s)", first);
    const char *run = dim(k, CONV_run), *col = dim(k, CONV_x_col);
    const char *pixels = arena_printf(k->arena, "%d", strips->divisor);
    const char *last = dim_is(k, CONV_taps_y, 1) ? "0" : difference_of(k, dim(k, CONV_taps_y), "1");
    line(k, "const long panels = %s, turn = %s;", quotient_of(k, dim(k, CONV_outs), tile_floats(k)),
         sum_of(k, product_of(k, quotient_of(k, k->out, tile_floats(k)), strips->strip), "t - first"));
    line(k, "const long later = first + %s + turn / panels;", strips->strip);
    begin(k, "if (later < %s)", strips->tiles);
    const Place later = place_of(k, strips, "later", "later_");
    const char *m = loop(k, "m", part_product(k, ROWS));
    const char *r = sum_of(k, product_of(k, pixels, later.r), m), *c = product_of(k, pixels, later.c);
    line(k, "prefetch_share(%s, turn %% panels, panels, %s, %s, %s);",
         input_at(k, image_of(k, x, &later, CONV_x_image), r, c, last, "0"), part_product(k, COLS), col, run);
    end_all(k, first ? 3 : 2);
}

/* acc = the sums of the tile, which reads the inputs from `x`: pixel (r, c) is its first one. */
static void accumulate(KernelText *k, const char *x, const Place *tile, const char *r, const char *c,
                       const Terms *terms, const Strips *strips, const char *more)
{
    line(k, "vec %s;", part_array(k, "acc", ALL));
    move_sums(k, tile, false);
    if (has_no_taps(k))
        return;
    expect_outputs(k, tile, strips->divisor, more);

    int64_t number, block;
    const char *run = dim(k, CONV_run), *row = dim(k, CONV_w_row), *at = block_weights(k, terms);
    const char *x_of_call = x;
    x = image_of(k, x, tile, CONV_x_image);
    fetch_weights(k, terms, strips, more);
    fetch_inputs(k, x_of_call, terms, strips);
    const char *step = terms->maybe ? "w_step" : terms->near ? tile_floats(k) : row;
    if (terms->maybe)
        at = arena_printf(k->arena, "is_near ? (const float *)near : %s", at);
    line(k, "const float *wo = %s;", terms->near && !terms->maybe ? "(const float *)near" : at);
    const char *a = loop_in_block(k, "a", terms->a, dim(k, CONV_taps_y), terms->rows);
    const char *b = loop_in_block(k, "b", terms->b, dim(k, CONV_taps_x), terms->cols);
    line(k, "const float *xt = from_here(%s);", sum_of(k, input_at(k, x, r, c, a, b), terms->j));
    const char *count = terms->run;
    if (!is_number(k, run, &number) || !is_number(k, count, &block) || number % block)
        count = lesser(k, count, difference_of(k, run, terms->j));
    const char *unrolled = !is_number(k, run, &number) ? "IN_PAIRS" : number < MANY_TERMS ? "SEVERAL" : "IN_EIGHTS";
    begin(k, "%s for (long j = 0; j < %s; j++, xt++, wo += %s)", unrolled, count, step);
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
}

Place conv_sums(KernelText *k, int divisor, bool stored)
{
    tile_constants(k, ALL);
    Terms terms = cut_terms(k);
    choose_near(k, &terms);
    const Strips strips = make_strips(k, &terms, divisor);
    const int depth = k->depth;
    const char *first = strips.around ? strip_loop(k, &strips) : NULL;
    output_loop(k, dim(k, CONV_outs));
    const char *x = has_no_taps(k) ? "x" : group_input(k, CONV_outs, CONV_group_outs, CONV_group_ins);
    Place tile = tile_loops(k, &terms, &strips, first ? first : strip_loop(k, &strips));
    tile.depth = depth;
    const char *pixels = arena_printf(k->arena, "%d", divisor); /* of a window, either way */
    const char *more = more_terms(k, &terms);
    accumulate(k, x, &tile, product_of(k, pixels, tile.r), product_of(k, pixels, tile.c), &terms, &strips, more);
    if (!has_no_taps(k))
        leave(k, &tile, more, stored && tile.sums);
    return tile;
}
