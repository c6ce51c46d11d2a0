/* Convolutions and linear layers as products of matrices, c = a b, tile by tile. The matrices of a convolution are
 * never made: a work item finds the pixel or the weight that stands at a place of them where it loads that place. */
#include "targets/gpu/gpu.h"

/* a is M x K, b is K x N. A group makes a tile of ROWS x COLUMNS of c, and goes over K by STEP. */
enum { SIDE = 16, STEP = 16, GROUPS_WANTED = 128, MOST_PARTS = 64 };

typedef struct Product {
    int64_t rows;            /* M, or those of one of `groups` */
    int64_t groups;          /* of channels; 1 */
    int64_t columns;         /* N, or of a sample where `batched` */
    bool batched;            /* N is columns * count */
    int64_t parts;           /* shares of K, each with a c of its own */
    bool a_across, b_across; /* elements beside each other in memory are of one row of a, or of one column of b */
    bool pooled;             /* columns are pixels of windows of 2x2, four of one for each work item */
    const char *k;           /* K; with `first` and `end`, the samples of a part, where there are parts */
    const char *a, *b;       /* lines that set `value` to the element at (m, k), or at (k, n) */
    const char *to;          /* the line that takes element (m, n), `value` */
} Product;

/* How many work items along an axis of the tile hold more than one row or column each. */
static int64_t tile(int64_t extent)
{
    return extent <= SIDE ? SIDE : extent <= 2 * SIDE ? 2 * SIDE : 4 * SIDE;
}

static int64_t tiles(int64_t extent)
{
    return (extent + tile(extent) - 1) / tile(extent);
}

#define LOAD(matrix, extent, across, row, size)                                         \
    "for (int i = id; i < STEP * " extent "; i += GROUP) {\n"                           \
    "?" across " int " row " = " row "0 + i / STEP, at = i % STEP, k = k0 + at;\n"      \
    "!" across " int " row " = " row "0 + i % " extent ", at = i / " extent ", k = k0 + at;\n" \
    "float value = 0;\n"                                                                \
    "if (" row " < " size " && k < K) {\n"                                              \
    "$load_" matrix "\n"                                                                \
    "}\n"                                                                               \
    matrix "[at][" row " - " row "0] = value;\n"                                        \
    "}\n"

/* What a work item does with the four pixels of each window that it has made. */
#define POOLED                                                                                          \
    "?pooled for (int i = 0; i < ROWS / 16; i++) {\n"                                                   \
    "?pooled int m = m0 + id / 16 + 16 * i, window = n0 / 4 + id % 16, at = 0;\n"                       \
    "?pooled int r = window / (OW / 2) % (OH / 2) * 2, q = window % (OW / 2) * 2;\n"                    \
    "?pooled float best = 0;\n"                                                                         \
    "?pooled if (m >= M || window >= WINDOWS * count)\n"                                                \
    "?pooled continue;\n"                                                                               \
    "?pooled for (int j = 0; j < 4; j++) {\n"                                                           \
    "?pooled float value = $made;\n"                                                                    \
    "?pooled ?finish $finish\n"                                                                         \
    "?pooled if (j == 0 || value > best || value != value) {\n"                                         \
    "?pooled best = value;\n"                                                                           \
    "?pooled at = j;\n"                                                                                 \
    "?pooled }\n"                                                                                       \
    "?pooled }\n"                                                                                       \
    "?pooled int to = (window / WINDOWS * O + $m_of_y) * WINDOWS + window % WINDOWS;\n"                 \
    "?pooled ?activated float value = best;\n"                                                          \
    "?pooled ?activated $activated\n"                                                                   \
    "?pooled ?activated best = value;\n"                                                                \
    "?pooled y[to] = best;\n"                                                                           \
    "?pooled arg[to] = (r + at / 2) * OW + q + at % 2;\n"                                               \
    "?pooled }\n"

static void add_product(Gpu *g, const Op *op, const char *suffix, const char *about, const Product *p)
{
    const int64_t all = p->batched ? p->columns * g->capacity : p->columns;
    const int64_t rows = tile(p->rows), columns = p->pooled ? 4 * SIDE : tile(all);
    const int64_t row_tiles = tiles(p->rows), column_tiles = p->batched ? 1 : tiles(p->columns);
    gpu_constant(g, "M", p->rows);
    gpu_constant(g, p->batched ? "PIXELS" : "N", p->columns);
    gpu_constant(g, "ROWS", rows);
    gpu_constant(g, "COLUMNS", columns);
    gpu_constant(g, "STEP", STEP);
    gpu_constant(g, "GROUP", SIDE * SIDE);
    gpu_constant(g, "ROW_TILES", row_tiles);
    gpu_constant(g, "COLUMN_TILES", column_tiles);
    gpu_constant(g, "GROUPS", p->groups);
    gpu_constant(g, "PARTS", p->parts);
    gpu_set(g, "many_rows", "%s", row_tiles > 1 ? "1" : "");
    gpu_set(g, "batched", "%s", p->batched ? "1" : "");
    gpu_set(g, "pooled", "%s", p->pooled ? "1" : "");
    gpu_set(g, "tf32", "%s", g->program->train->tf32 ? "1" : "");
    gpu_set(g, "made", "%s", g->program->train->tf32 ? "sum[i * (COLUMNS / 16) + j]" : "sum[i][j]");
    gpu_constant(g, "SUMS", rows * columns < 4 * GPU_GROUP ? 4 : rows * columns / GPU_GROUP);
    gpu_set(g, "groups", "%s", p->groups > 1 ? "1" : "");
    gpu_set(g, "parted", "%s", p->parts > 1 ? "1" : "");
    gpu_set(g, "one_part", "%s", !p->batched && p->parts == 1 ? "1" : "");
    gpu_set(g, "a_across", "%s", p->a_across ? "1" : "");
    gpu_set(g, "b_across", "%s", p->b_across ? "1" : "");
    gpu_set(g, "K", "%s", p->k);
    gpu_set(g, "load_a", "%s", p->a);
    gpu_set(g, "load_b", "%s", p->b);
    gpu_set(g, "store", "%s", p->to);
    const GpuGrid grid = p->batched ? (GpuGrid){SIDE * SIDE, row_tiles * p->groups, p->columns, columns}
                                    : gpu_groups(row_tiles * p->groups * column_tiles * p->parts, SIDE * SIDE);
    gpu_kernel(g, op, suffix, about, grid,
               "SHARED float a[STEP][ROWS + 1], b[STEP][COLUMNS + 1];\n"
               "int id = local_id(), tile = group_id();\n"
               "?many_rows int m0 = tile % ROW_TILES * ROWS;\n"
               "?many_rows tile /= ROW_TILES;\n"
               "!many_rows int m0 = 0;\n"
               "?groups int group = tile % GROUPS;\n"
               "?groups tile /= GROUPS;\n"
               "?parted int n0 = tile % COLUMN_TILES * COLUMNS, part = tile / COLUMN_TILES;\n"
               "?parted int share = (count + PARTS - 1) / PARTS;\n"
               "?parted int first = part * share, end = least(first + share, count);\n"
               "?one_part int n0 = tile * COLUMNS, first = 0, end = count;\n"
               "?batched int n0 = tile * COLUMNS, N = PIXELS * count;\n"
               "?pooled N = (N + COLUMNS - 1) / COLUMNS * COLUMNS;\n"
               "int K = $K;\n"
               "?tf32 SHARED float all[ROWS][COLUMNS + 1];\n"
               "?tf32 float sum[SUMS];\n"
               "?tf32 for (int i = 0; i < SUMS; i++)\n"
               "?tf32 sum[i] = 0;\n"
               "!tf32 float sum[ROWS / 16][COLUMNS / 16];\n"
               "!tf32 for (int i = 0; i < ROWS / 16; i++)\n"
               "!tf32 for (int j = 0; j < COLUMNS / 16; j++)\n"
               "!tf32 sum[i][j] = 0;\n"
               "for (int k0 = 0; k0 < K; k0 += STEP) {\n"
               LOAD("a", "ROWS", "a_across", "m", "M")
               LOAD("b", "COLUMNS", "b_across", "n", "N")
               "BARRIER;\n"
               "?tf32 add_products(sum, a[0], b[0], ROWS, COLUMNS);\n"
               "!tf32 for (int k = 0; k < STEP; k++)\n"
               "!tf32 for (int i = 0; i < ROWS / 16; i++)\n"
               "!tf32 for (int j = 0; j < COLUMNS / 16; j++)\n"
               "!tf32 sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];\n"
               "BARRIER;\n"
               "}\n"
               "?tf32 give_products(sum, all[0], ROWS, COLUMNS);\n"
               POOLED
               "!pooled for (int i = 0; i < ROWS / 16; i++)\n"
               "!pooled for (int j = 0; j < COLUMNS / 16; j++) {\n"
               "!pooled int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;\n"
               "!pooled float value = $made;\n"
               "!pooled if (m >= M || n >= N)\n"
               "!pooled continue;\n"
               "!pooled $store\n"
               "!pooled }\n");
}

/* ---- Linear layers ----------------------------------------------------------------------------------------------- */

/* What a product's kernel does, in words: `what`, with what goes along in its middle. */
static const char *about(Gpu *g, const char *what, const char *behind)
{
    const GraphKernel *kernel = g->kernel;
    Text text = text_new(g->arena);
    text_add(&text, kernel->value[ROLE_BIAS] && kernel->op->kind == OP_LINEAR ? " + bias" : "");
    text_add(&text, kernel->norm ? ", its norm" : "");
    if (kernel->activation)
        text_printf(&text, ", %s", gpu_activation_name(kernel->activation));
    text_add(&text, behind);
    return arena_printf(g->arena, what, text.bytes);
}

static void linear_sizes(Gpu *g, const Value *in, const Value *out)
{
    gpu_constant(g, "I", in->shape.dim[0]);
    gpu_constant(g, "O", out->shape.dim[0]);
}

void gpu_linear(Gpu *g, const Op *op)
{
    const Product product = {.rows = op->out[0]->shape.dim[0], .groups = 1, .columns = 1, .batched = true, .parts = 1,
                             .a_across = true, .b_across = true, .k = "I", .a = "value = w[m * I + k];\n",
                             .b = "value = x[n * I + k];\n",
                             .to = "?finish $finish\n"
                                   "y[n * M + m] = value;\n"};
    linear_sizes(g, op->in[0], op->out[0]);
    gpu_set_finish(g, "m");
    add_product(g, op, "", about(g, "y = x w^T%s. m: output; n: sample; k: input.", ""), &product);
}

void gpu_linear_grad_input(Gpu *g, const Op *op)
{
    const Product product = {.rows = op->out[0]->shape.dim[0], .groups = 1, .columns = 1, .batched = true, .parts = 1,
                             .b_across = true, .k = "O", .a = "value = w[k * M + m];\n",
                             .b = "value = dy[n * O + k];\n", .to = "dx[n * M + m] = value;\n"};
    linear_sizes(g, op->out[0], op->in[0]);
    add_product(g, op, "", "dx = dy w. m: input; n: sample; k: output.", &product);
}

/* The gradient of a bias as one more column of its weight's, which is of an input that is always 1. */
static void set_bias_column(Gpu *g, int64_t weights)
{
    const GraphKernel *bias = g->along[1][g->kernel->id];
    gpu_constant(g, "WEIGHTS", weights);
    gpu_set(g, "bias", "%s", bias ? "1" : "");
    if (bias)
        gpu_extra(g, "db", "float", gpu_operand_of(g, bias->value[ROLE_DB]));
}

void gpu_linear_grad_weight(Gpu *g, const Op *op)
{
    const int64_t inputs = op->in[1]->shape.dim[0];
    const bool bias = g->along[1][g->kernel->id];
    const Product product = {.rows = op->in[0]->shape.dim[0], .groups = 1, .columns = inputs + bias,
                             .parts = 1, .k = "end - first", .a = "value = dy[k * M + m];\n",
                             .b = bias ? "value = n < WEIGHTS ? x[k * WEIGHTS + n] : 1;\n" : "value = x[k * N + n];\n",
                             .to = "!bias dw[m * N + n] = value;\n"
                                   "?bias if (n < WEIGHTS)\n"
                                   "?bias dw[m * WEIGHTS + n] = value;\n"
                                   "?bias else\n"
                                   "?bias db[m] = value;\n"};
    set_bias_column(g, inputs);
    add_product(g, op, "", bias ? "dw = dy^T x, and db = dy^T 1 as its last column. m: output; n: input; k: sample."
                                : "dw = dy^T x. m: output; n: input; k: sample.", &product);
}

void gpu_grad_bias(Gpu *g, const Op *op)
{
    gpu_constant(g, "O", op->in[0]->shape.dim[0]);
    gpu_constant(g, "P", shape_count(shape_places(op->in[0]->shape)));
    gpu_constant(g, "GROUP", GPU_GROUP);
    gpu_kernel(g, op, "", "db = the sum of dy over samples and pixels, a group for each channel.",
               gpu_groups(op->in[0]->shape.dim[0], GPU_GROUP),
               "SHARED float part[GROUP];\n"
               "int o = group_id();\n"
               "float sum = 0;\n"
               "for (int i = local_id(); i < count * P; i += GROUP)\n"
               "sum += dy[(i / P * O + o) * P + i % P];\n"
               "sum = sum_of_group(sum, part, GROUP);\n"
               "if (local_id() == 0)\n"
               "db[o] = sum;\n");
}

/* ---- Convolutions ------------------------------------------------------------------------------------------------ */

void gpu_window(Gpu *g, const Window *window, Shape big, Shape small)
{
    const Shape b = shape_image(big), s = shape_image(small);
    gpu_constant(g, "C", b.dim[0]);
    gpu_constant(g, "H", b.dim[1]);
    gpu_constant(g, "W", b.dim[2]);
    gpu_constant(g, "O", s.dim[0]);
    gpu_constant(g, "OH", s.dim[1]);
    gpu_constant(g, "OW", s.dim[2]);
    gpu_constant(g, "KH", window->kernel[0]);
    gpu_constant(g, "KW", window->kernel[1]);
    gpu_constant(g, "SH", window->stride[0]);
    gpu_constant(g, "SW", window->stride[1]);
    gpu_constant(g, "PH", window->padding[0]);
    gpu_constant(g, "PW", window->padding[1]);
    gpu_constant(g, "DH", window->dilation[0]);
    gpu_constant(g, "DW", window->dilation[1]);
}

static void conv_sizes(Gpu *g, const Op *op, Shape big, Shape small)
{
    const int groups = op->attr.window.groups;
    gpu_window(g, &op->attr.window, big, small);
    gpu_constant(g, "CG", big.dim[0] / groups);
    gpu_constant(g, "OG", small.dim[0] / groups);
    gpu_set(g, "c_of_x", "%s", groups > 1 ? "(group * CG + c)" : "c");
    gpu_set(g, "m_of_x", "%s", groups > 1 ? "(group * CG + m)" : "m");
    gpu_set(g, "m_of_y", "%s", groups > 1 ? "(group * OG + m)" : "m");
    gpu_set(g, "o_of_y", "%s", groups > 1 ? "(group * OG + o)" : "o");
}

/* What of an image, the big one, is under tap `k` of the window at place `n`. */
#define UNDER_TAP(image)                                                     \
    "int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;\n"        \
    "if (row >= 0 && row < H && col >= 0 && col < W$inside)\n"               \
    "value = " image "[((s * C + $c_of_x) * H + row) * W + col];\n"

void gpu_conv2d(Gpu *g, const Op *op)
{
    const int groups = op->attr.window.groups;
    const Shape big = op->in[0]->shape, small = op->out[0]->shape;
    const bool pooled = g->kernel->value[ROLE_ARG];
    conv_sizes(g, op, big, small);
    gpu_constant(g, "WINDOWS", shape_count(shape_places(small)) / 4);
    gpu_set(g, "inside", "%s", pooled ? " && s < count" : "");
    gpu_set(g, "activated", "%s", g->kernel->activation_first ? "" : gpu_activated(g));
    gpu_set_finish(g, groups > 1 ? "(group * OG + m)" : "m");
    const Product product = {
        .rows = small.dim[0] / groups, .groups = groups, .columns = shape_count(shape_places(small)), .batched = true,
        .parts = 1, .a_across = true, .k = "CG * KH * KW", .pooled = pooled,
        .a = "value = w[$m_of_y * K + k];\n",
        .b = "int c = k / (KH * KW), kh = k / KW % KH, kw = k % KW;\n"
             "!pooled int s = n / (OH * OW), r = n / OW % OH, q = n % OW;\n"
             "?pooled int window = n / 64 * 16 + n % 16, pixel = n / 16 % 4, s = window / WINDOWS;\n"
             "?pooled int r = window / (OW / 2) % (OH / 2) * 2 + pixel / 2, q = window % (OW / 2) * 2 + pixel % 2;\n"
             UNDER_TAP("x"),
        .to = "?finish $finish\n"
              "y[(n / PIXELS * O + $m_of_y) * PIXELS + n % PIXELS] = value;\n"};
    add_product(g, op, "", pooled
                    ? about(g, "A convolution%s. m: channel; n: pixel, a window's four 16 apart; k: channel of x and "
                            "tap.", ", the largest pixel of each window and which one that was")
                    : about(g, "A convolution%s. m: channel of y; n: pixel of y, of all samples; k: channel of x and "
                            "tap.", ""), &product);
}

/* What goes back through a convolution, from the small image to the big one. */
static void scatter(Gpu *g, const Op *op, const char *about, const char *from, const char *to)
{
    const int groups = op->attr.window.groups;
    const Shape big = op->out[0]->shape, small = op->in[0]->shape;
    conv_sizes(g, op, big, small);
    gpu_set(g, "from", "%s", from);
    gpu_set(g, "to", "%s", to);
    gpu_set(g, "strided", "%s", op->attr.window.stride[0] > 1 || op->attr.window.stride[1] > 1 ? "1" : "");
    const Product product = {
        .rows = big.dim[0] / groups, .groups = groups, .columns = shape_count(shape_places(big)), .batched = true,
        .parts = 1, .k = "OG * KH * KW",
        .a = "int o = k / (KH * KW);\n"
             "value = w[($o_of_y * CG + m) * (KH * KW) + k % (KH * KW)];\n",
        .b = "int o = k / (KH * KW), s = n / (H * W);\n"
             "int r = n / W % H + PH - k / KW % KH * DH, q = n % W + PW - k % KW * DW;\n"
             "?strided if (r >= 0 && r % SH == 0 && r / SH < OH && q >= 0 && q % SW == 0 && q / SW < OW)\n"
             "!strided if (r >= 0 && r < OH && q >= 0 && q < OW)\n"
             "value = $from[((s * O + $o_of_y) * OH + r / SH) * OW + q / SW];\n",
        .to = "?finish $finish\n"
              "$to[(n / PIXELS * C + $m_of_x) * PIXELS + n % PIXELS] = value;\n"};
    gpu_set_finish(g, groups > 1 ? "(group * CG + m)" : "m");
    add_product(g, op, "", about, &product);
}

void gpu_conv_transpose2d(Gpu *g, const Op *op)
{
    scatter(g, op, about(g, "A transposed convolution%s. m: channel of y; n: pixel of y, of all samples; k: channel of "
                         "x and tap.", ""), "x", "y");
}

void gpu_conv2d_grad_input(Gpu *g, const Op *op)
{
    scatter(g, op, "The gradient of a convolution's input. m: its channel; n: its pixel; k: channel of dy and tap.",
            "dy", "dx");
}

/* Few weights and many pixels: so several groups share out the samples of a tile, and what they have is added up. */
static int64_t parts_of(const Gpu *g, int64_t all)
{
    int64_t parts = GROUPS_WANTED / all;
    parts = parts < g->capacity ? parts : g->capacity;
    return parts < 1 ? 1 : parts > MOST_PARTS ? MOST_PARTS : parts;
}

void gpu_conv2d_grad_weight(Gpu *g, const Op *op)
{
    const Window *window = &op->attr.window;
    const GraphKernel *bias = g->along[1][g->kernel->id];
    const Shape big = op->in[1]->shape, small = op->in[0]->shape;
    const int64_t groups = window->groups, outputs = small.dim[0] / groups;
    const int64_t weights = big.dim[0] / groups * window->kernel[0] * window->kernel[1];
    const int64_t columns = weights + (bias != NULL), parts = parts_of(g, tiles(outputs) * tiles(columns) * groups);
    conv_sizes(g, op, big, small);
    set_bias_column(g, weights);
    gpu_set(g, "inside", "%s", bias ? " && n < WEIGHTS" : "");
    if (parts > 1) {
        const GpuShares shares = {
            .shares = gpu_scratch(g, "shares", parts * small.dim[0] * columns * (int64_t)sizeof(float)),
            .weight = gpu_operand_of(g, op->out[0]), .has_bias = bias, .rows = small.dim[0], .columns = columns,
            .parts = parts};
        vec_push(g->arena, g->shares, shares);
        if (bias)
            g->shares.at[g->shares.count - 1].bias = gpu_operand_of(g, bias->value[ROLE_DB]);
        gpu_extra(g, "shares", "float", shares.shares);
    }
    const Product product = {
        .rows = outputs, .groups = groups, .columns = columns, .parts = parts, .a_across = true, .b_across = true,
        .k = "(end - first) * OH * OW",
        .a = "int s = first + k / (OH * OW);\n"
             "value = dy[(s * O + $m_of_y) * OH * OW + k % (OH * OW)];\n",
        .b = "int c = n / (KH * KW), kh = n / KW % KH, kw = n % KW;\n"
             "int s = first + k / (OH * OW), r = k / OW % OH, q = k % OW;\n"
             UNDER_TAP("x")
             "?bias if (n == WEIGHTS)\n"
             "?bias value = 1;\n",
        .to = parts > 1 ? "shares[(part * O + $m_of_y) * N + n] = value;\n"
                        : "!bias dw[$m_of_y * N + n] = value;\n"
                          "?bias if (n < WEIGHTS)\n"
                          "?bias dw[$m_of_y * WEIGHTS + n] = value;\n"
                          "?bias else\n"
                          "?bias db[$m_of_y] = value;\n"};
    add_product(g, op, "", bias ? "The gradient of a convolution's weights, and of its bias as the last column. m: "
                                  "channel of dy; n: channel of x and tap; k: pixel of dy."
                                : "The gradient of a convolution's weights. m: channel of dy; n: channel of x and tap; "
                                  "k: pixel of dy.", &product);
    if (parts > 1 && g->shares.at[g->shares.count - 1].weight.block != NC_ON_GRADIENTS)
        gpu_add_shares(g); /* it is added to others yet */
}

/* ---- Shares ------------------------------------------------------------------------------------------------------ */

enum { SUMS_OF_KERNEL = 4 };

/* The lines for the weights of number `k`, and what they take. */
static const char *sum_lines(Gpu *g, const GpuShares *s, int k)
{
    static const char *const names[][6] = {{"shares0", "dw0", "db0", "ALL0", "PARTS0", "COLUMNS0"},
                                           {"shares1", "dw1", "db1", "ALL1", "PARTS1", "COLUMNS1"},
                                           {"shares2", "dw2", "db2", "ALL2", "PARTS2", "COLUMNS2"},
                                           {"shares3", "dw3", "db3", "ALL3", "PARTS3", "COLUMNS3"}};
    const char *const *name = names[k];
    gpu_extra(g, name[0], "const float", s->shares);
    gpu_extra(g, name[1], "float", s->weight);
    gpu_constant(g, name[3], s->rows * s->columns);
    gpu_constant(g, name[4], s->parts);
    gpu_constant(g, name[5], s->columns);
    const char *sum = arena_printf(g->arena, "sum_of_parts(shares%d, i, ALL%d, PARTS%d)", k, k, k);
    if (!s->has_bias)
        return arena_printf(g->arena, "if (i >= 0 && i < ALL%d)\n"
                                      "dw%d[i] = %s;\n"
                                      "i -= ALL%d;\n", k, k, sum, k);
    gpu_extra(g, name[2], "float", s->bias);
    return arena_printf(g->arena, "if (i >= 0 && i < ALL%d) {\n"
                                  "int row = i / COLUMNS%d, col = i %% COLUMNS%d;\n"
                                  "float sum = %s;\n"
                                  "if (col < COLUMNS%d - 1)\n"
                                  "dw%d[i - row] = sum;\n"
                                  "else\n"
                                  "db%d[row] = sum;\n"
                                  "}\n"
                                  "i -= ALL%d;\n", k, k, k, sum, k, k, k, k);
}

void gpu_add_shares(Gpu *g)
{
    const GraphKernel *kernel = g->kernel;
    g->kernel = NULL;
    for (int first = 0; first < g->shares.count; first += SUMS_OF_KERNEL) {
        int64_t elements = 0;
        Text lines = text_new(g->arena);
        text_add(&lines, "int i = global_id();\n");
        for (int i = first; i < g->shares.count && i < first + SUMS_OF_KERNEL; i++) {
            const GpuShares *s = &g->shares.at[i];
            text_add(&lines, sum_lines(g, s, i - first));
            elements += s->rows * s->columns;
        }
        gpu_kernel(g, NULL, "gradients", "The gradients of weights of which parts of the batch have made shares.",
                   gpu_all(elements), lines.bytes);
    }
    g->shares.count = 0;
    g->kernel = kernel;
}
