/* PANEL_GRAD_WEIGHT: the gradient of a linear layer's weights over a batch of many samples.
 *
 * Samples lie as far apart as they have channels, each on a page of its own. A part that makes some of the gradient
 * reads some channels of all of them: where it copies these side by side itself, each float is copied as often as there
 * are parts of the other side, and waits for the third cache each time. So all of x and of dy is copied once, into
 * panels, and all parts read stretches of these from start to end. */
#include "targets/cpu/families/panel_grad_weight.h"

#include <string.h>

#include "targets/cpu/buffers.h"
#include "targets/cpu/families/kernel_text.h"
#include "targets/cpu/families/transpose.h"

enum { COLS = 1 << PART_COLS, VECS = 1 << PART_VECS };

/* Samples are taken in blocks, whose panel of x and half of one of dy are half of a first-level cache of 32 KiB. The
 * sums go on from block to block. Each tile asks for some of the dy behind the block's: that of the next block, and
 * behind the last one's that of the next panel, with which the next part begins. */
enum { BLOCK_SAMPLES = 128 };

static void print_panel_grad_weight(KernelText *k)
{
    const char *samples = dim(k, PANEL_GRAD_WEIGHT_samples), *outs = dim(k, PANEL_GRAD_WEIGHT_outs);
    const int depth = k->depth;
    tile_constants(k, COLS | VECS);
    const char *panels = dim(k, PANEL_GRAD_WEIGHT_panels);
    const char *block = arena_printf(k->arena, "%d", BLOCK_SAMPLES);
    line(k, "const long share = %d * %s / %s;", BLOCK_SAMPLES / 16, product_of(k, tile_floats(k), "COLS"), panels);
    const char *first = block_loop(k, "first", samples, block);
    line(k, "const float *next = d + %s;", product_of(k, sum_of(k, first, block), outs));
    output_loop(k, outs);
    const char *p = loop(k, "p", panels);
    begin(k, "for (long j = 0; j < 16; j += COLS, next += share)");
    line(k, "prefetch_second(next, share);");
    const char *row = sum_of(k, product_of(k, p, "16"), "j");
    line(k, "float *gt = %s;", sum_of(k, sum_of(k, "g", product_of(k, row, outs)), k->out));
    line(k, "vec %s;", part_array(k, "acc", COLS | VECS));
    const char *n = part_loop(k, PART_COLS), *v = part_loop(k, PART_VECS);
    const char *acc = part_element(k, "acc", NULL, n, v);
    const char *gradient = sum_of(k, sum_of(k, "gt", product_of(k, n, outs)), product_of(k, v, "VL"));
    if (first[0] == '0')
        line(k, "%s = vec_zero();", acc);
    else
        line(k, "%s = %s == 0 ? vec_zero() : vec_load(%s);", acc, first, gradient);
    end_all(k, 2);
    const char *at = sum_of(k, product_of(k, p, dim(k, PANEL_GRAD_WEIGHT_x_panel)), product_of(k, first, "16"));
    line(k, "const float *xr = from_here(%s);", sum_of(k, sum_of(k, "x", at), "j"));
    line(k, "const float *dr = %s;", sum_of(k, sum_of(k, "d", product_of(k, first, outs)), k->out));
    const char *last = arena_printf(k->arena, "least(%s, %s)", sum_of(k, first, block), samples);
    begin(k, "SEVERAL for (long s = %s; s < %s; s++, xr += 16, dr += %s)", first, last, outs);
    line(k, "vec %s;", part_array(k, "dv", VECS));
    v = part_loop(k, PART_VECS);
    line(k, "%s = vec_load_once(%s);", part_element(k, "dv", NULL, NULL, v), sum_of(k, "dr", product_of(k, v, "VL")));
    end(k);
    n = part_loop(k, PART_COLS);
    line(k, "const vec input = vec_all_of(%s);", sum_of(k, "xr", n));
    v = part_loop(k, PART_VECS);
    line(k, "%s = vec_fma(input, %s, %s);", acc, part_element(k, "dv", NULL, NULL, v), acc);
    end_all(k, 3);
    n = part_loop(k, PART_COLS);
    v = part_loop(k, PART_VECS);
    line(k, "vec_store(%s, %s);", gradient, acc);
    end_all(k, k->depth - depth);
}

/* to[panel][sample][channel of the panel] = what `role` of the kernel reads, for all samples of the batch. A part
 * copies `together` panels. */
static Buffer *copy_to_panels(Plan *plan, const Kernel *kernel, Role role, int64_t panel, int64_t together)
{
    const Operand *from = &kernel->operand[role];
    const int64_t channels = from->buffer->rows * from->buffer->cols * from->buffer->pitch;
    const int64_t floats = together * panel * plan->batch;
    const char *name = arena_printf(plan->arena, "%s_%s", kernel->name, role == ROLE_X ? "inputs" : "gradients");
    Buffer *panels = plan_buffer(plan, SPACE_BATCH, ELEMENT_FLOAT, arena_printf(plan->arena, "%s_in_panels", name));
    panels->rows = panels->cols = 1;
    scratch_resize(panels, channels * plan->batch);
    Kernel *copy = kernel_beside(plan, kernel, FAMILY_TRANSPOSE, name);
    copy->scope = SCOPE_BATCH;
    copy->counts_samples = true;
    kernel_cut(copy, channels / panel / together, 1, 1);
    int64_t *t = copy->dim;
    t[TRANSPOSE_taps_y] = together;
    t[TRANSPOSE_taps_x] = t[TRANSPOSE_step_y] = t[TRANSPOSE_w_in] = 1;
    t[TRANSPOSE_run] = t[TRANSPOSE_w_outs] = t[TRANSPOSE_w_group_outs] = plan->batch;
    t[TRANSPOSE_ins] = t[TRANSPOSE_t_row] = t[TRANSPOSE_group_outs] = t[TRANSPOSE_w_run] = t[TRANSPOSE_w_tap_y] = panel;
    copy->operand[ROLE_W] = *from;
    copy->operand[ROLE_W].step[0] = together * panel;
    copy->operand[ROLE_Y] = whole(panels);
    copy->operand[ROLE_Y].step[0] = floats;
    vec_push(plan->arena, plan->kernels, copy);
    return panels;
}

enum {
    MANY_SAMPLES = 64, MANY_INPUTS = 256, MANY_OUTS = 128, /* so that each float that is copied is read often */
    MOST_PANELS = 16, /* of a part's inputs: 256 KB of x, for 256 samples, stay in a second-level cache, while the parts
                       * beside it go by, of other outputs */
    FEWEST_PANELS = 4,
    PANEL_OUTS = 48, /* of dy, at most, where the weights lie in a single panel */
    ENOUGH_PARTS = 32,
};

/* How many panels of the inputs a part has, of `panels`, so that there are enough for `across` parts beside each other;
 * 0: there is no such number. */
static int64_t panels_of_part(int64_t panels, int64_t across)
{
    for (int64_t some = MOST_PANELS; some >= FEWEST_PANELS; some--) {
        if (panels % some == 0 && panels / some * across >= ENOUGH_PARTS)
            return some;
    }
    return 0;
}

bool layout_panel_grad_weight(Plan *plan, Kernel *kernel, int64_t inputs, int64_t panel)
{
    const int64_t outs = kernel->operand[ROLE_DY].buffer->pitch;
    const int64_t some = panel < outs ? panel : divisor_below(outs, PAD, PANEL_OUTS), across = outs / some;
    const int64_t panels = panels_of_part(inputs / PAD, across), rows = panels * PAD;
    if (plan->batch < MANY_SAMPLES || inputs < MANY_INPUTS || inputs % PAD || outs < MANY_OUTS || !panels)
        return false;
    Buffer *x = copy_to_panels(plan, kernel, ROLE_X, PAD, panels);
    Buffer *dy = copy_to_panels(plan, kernel, ROLE_DY, some, divisor_below(across, 1, 4));
    kernel_set_family(kernel, FAMILY_PANEL_GRAD_WEIGHT);
    kernel_cut(kernel, inputs / rows, across, 1);
    kernel->learns = some < panel ? some : rows * some;
    if (some < panel)
        kernel->rows = (LearnedRows){.outer = rows, .outer_step = panel, .inner = 1};
    kernel->operand[ROLE_X] = whole(x);
    kernel->operand[ROLE_X].step[0] = rows * plan->batch;
    kernel->operand[ROLE_DY] = whole(dy);
    kernel->operand[ROLE_DY].step[1] = some * plan->batch;
    kernel->operand[ROLE_DW].step[0] = rows * panel;
    kernel->operand[ROLE_DW].step[1] = some < panel ? some : inputs * panel;
    int64_t *d = kernel->dim;
    memset(d, 0, sizeof kernel->dim);
    d[PANEL_GRAD_WEIGHT_outs] = some;
    d[PANEL_GRAD_WEIGHT_panels] = panels;
    d[PANEL_GRAD_WEIGHT_x_panel] = PAD * plan->batch;
    return true;
}

static int samples(const Kernel *kernel)
{
    (void)kernel;
    return PANEL_GRAD_WEIGHT_samples;
}

static void count_samples(const Plan *plan, Kernel *kernel)
{
    kernel->dim[PANEL_GRAD_WEIGHT_samples] = samples_together(plan, kernel);
}

static bool anew(const Kernel *kernel)
{
    (void)kernel;
    return true;
}

static const Tile panel_16[] = {{1, 8, 2}, {1, 8, 1}};
static const Tile panel_8[] = {{1, 4, 2}};
static const Tile panel_4[] = {{1, 4, 2}};

static TileSpace space(const int64_t *d)
{
    return (TileSpace){1, PAD, d[PANEL_GRAD_WEIGHT_outs]};
}

static const FamilyTiles tiles = {.width = {TILES(panel_16), TILES(panel_8), TILES(panel_4)}, .space = space,
                                  .whole = true};

/* layout_linear_grad_weight makes it of CONV_GRAD_WEIGHT. */
const FamilyInfo family_panel_grad_weight = {
    .name = "panel_grad_weight", HAS_DIMS(PANEL_GRAD_WEIGHT),
    .parameters = {READS(X, x), READS(DY, d), MAKES(DW, g)},
    .count_samples = count_samples, .counted = samples, .tiles = &tiles,
    .print = print_panel_grad_weight, .anew = anew,
};
