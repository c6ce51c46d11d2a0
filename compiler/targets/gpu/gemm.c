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

static void add_product(Gpu *g, const Op *op, const char *suffix, const char *about, const Product *p)
{
    const int64_t rows = tile(p->rows), columns = tile(p->batched ? p->columns * g->capacity : p->columns);
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
    gpu_set(g, "batched", "%s", p->batched ? "1" : "");
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
               "int m0 = tile % ROW_TILES * ROWS;\n"
               "tile /= ROW_TILES;\n"
               "?groups int group = tile % GROUPS;\n"
               "?groups tile /= GROUPS;\n"
               "?parted int n0 = tile % COLUMN_TILES * COLUMNS, part = tile / COLUMN_TILES;\n"
               "?parted int share = (count + PARTS - 1) / PARTS;\n"
               "?parted int first = part * share, end = least(first + share, count);\n"
               "?one_part int n0 = tile * COLUMNS, first = 0, end = count;\n"
               "?batched int n0 = tile * COLUMNS, N = PIXELS * count;\n"
               "int K = $K;\n"
               "float sum[ROWS / 16][COLUMNS / 16];\n"
               "for (int i = 0; i < ROWS / 16; i++)\n"
               "for (int j = 0; j < COLUMNS / 16; j++)\n"
               "sum[i][j] = 0;\n"
               "for (int k0 = 0; k0 < K; k0 += STEP) {\n"
               LOAD("a", "ROWS", "a_across", "m", "M")
               LOAD("b", "COLUMNS", "b_across", "n", "N")
               "BARRIER;\n"
               "for (int k = 0; k < STEP; k++)\n"
               "for (int i = 0; i < ROWS / 16; i++)\n"
               "for (int j = 0; j < COLUMNS / 16; j++)\n"
               "sum[i][j] += a[k][id / 16 + 16 * i] * b[k][id % 16 + 16 * j];\n"
               "BARRIER;\n"
               "}\n"
               "for (int i = 0; i < ROWS / 16; i++)\n"
               "for (int j = 0; j < COLUMNS / 16; j++) {\n"
               "int m = m0 + id / 16 + 16 * i, n = n0 + id % 16 + 16 * j;\n"
               "float value = sum[i][j];\n"
               "if (m < M && n < N) {\n"
               "$store\n"
               "}\n"
               "}\n");
}

/* ---- Linear layers ----------------------------------------------------------------------------------------------- */

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
                             .to = op_in(op, ROLE_BIAS) ? "y[n * M + m] = value + bias[m];\n"
                                                        : "y[n * M + m] = value;\n"};
    linear_sizes(g, op->in[0], op->out[0]);
    add_product(g, op, "", "y = x w^T + bias. m: output; n: sample; k: input.", &product);
}

void gpu_linear_grad_input(Gpu *g, const Op *op)
{
    const Product product = {.rows = op->out[0]->shape.dim[0], .groups = 1, .columns = 1, .batched = true, .parts = 1,
                             .b_across = true, .k = "O", .a = "value = w[k * M + m];\n",
                             .b = "value = dy[n * O + k];\n", .to = "dx[n * M + m] = value;\n"};
    linear_sizes(g, op->out[0], op->in[0]);
    add_product(g, op, "", "dx = dy w. m: input; n: sample; k: output.", &product);
}

void gpu_linear_grad_weight(Gpu *g, const Op *op)
{
    const Product product = {.rows = op->in[0]->shape.dim[0], .groups = 1, .columns = op->in[1]->shape.dim[0],
                             .parts = 1, .k = "end - first", .a = "value = dy[k * M + m];\n",
                             .b = "value = x[k * N + n];\n", .to = "dw[m * N + n] = value;\n"};
    add_product(g, op, "", "dw = dy^T x. m: output; n: input; k: sample.", &product);
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
    gpu_set(g, "c_of_x", "%s", groups > 1 ? "group * CG + c" : "c");
    gpu_set(g, "m_of_x", "%s", groups > 1 ? "group * CG + m" : "m");
    gpu_set(g, "m_of_y", "%s", groups > 1 ? "group * OG + m" : "m");
    gpu_set(g, "o_of_y", "%s", groups > 1 ? "group * OG + o" : "o");
}

/* What of an image, the big one, is under tap `k` of the window at place `n`. */
#define UNDER_TAP(image)                                                     \
    "int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;\n"        \
    "if (row >= 0 && row < H && col >= 0 && col < W)\n"                      \
    "value = " image "[((s * C + $c_of_x) * H + row) * W + col];\n"

void gpu_conv2d(Gpu *g, const Op *op)
{
    const int groups = op->attr.window.groups;
    const Shape big = op->in[0]->shape, small = op->out[0]->shape;
    conv_sizes(g, op, big, small);
    const Product product = {
        .rows = small.dim[0] / groups, .groups = groups, .columns = shape_count(shape_places(small)), .batched = true,
        .parts = 1, .a_across = true, .k = "CG * KH * KW",
        .a = "value = w[($m_of_y) * K + k];\n",
        .b = "int c = k / (KH * KW), kh = k / KW % KH, kw = k % KW;\n"
             "int s = n / (OH * OW), r = n / OW % OH, q = n % OW;\n"
             UNDER_TAP("x"),
        .to = op_in(op, ROLE_BIAS)
                  ? "y[(n / PIXELS * O + $m_of_y) * PIXELS + n % PIXELS] = value + bias[$m_of_y];\n"
                  : "y[(n / PIXELS * O + $m_of_y) * PIXELS + n % PIXELS] = value;\n"};
    add_product(g, op, "", "A convolution. m: channel of y; n: pixel of y, of all samples; k: channel of x and tap.",
                &product);
}

/* What goes back through a convolution, from the small image to the big one. */
static void scatter(Gpu *g, const Op *op, const char *about, const char *from, const char *to, bool bias)
{
    const int groups = op->attr.window.groups;
    const Shape big = op->out[0]->shape, small = op->in[0]->shape;
    conv_sizes(g, op, big, small);
    gpu_set(g, "from", "%s", from);
    gpu_set(g, "to", "%s", to);
    const Product product = {
        .rows = big.dim[0] / groups, .groups = groups, .columns = shape_count(shape_places(big)), .batched = true,
        .parts = 1, .k = "OG * KH * KW",
        .a = "int o = k / (KH * KW);\n"
             "value = w[(($o_of_y) * CG + m) * (KH * KW) + k % (KH * KW)];\n",
        .b = "int o = k / (KH * KW), s = n / (H * W);\n"
             "int r = n / W % H + PH - k / KW % KH * DH, q = n % W + PW - k % KW * DW;\n"
             "if (r >= 0 && r % SH == 0 && r / SH < OH && q >= 0 && q % SW == 0 && q / SW < OW)\n"
             "value = $from[((s * O + $o_of_y) * OH + r / SH) * OW + q / SW];\n",
        .to = bias ? "$to[(n / PIXELS * C + $m_of_x) * PIXELS + n % PIXELS] = value + bias[$m_of_x];\n"
                   : "$to[(n / PIXELS * C + $m_of_x) * PIXELS + n % PIXELS] = value;\n"};
    add_product(g, op, "", about, &product);
}

void gpu_conv_transpose2d(Gpu *g, const Op *op)
{
    scatter(g, op, "A transposed convolution. m: channel of y; n: pixel of y, of all samples; k: channel of x and tap.",
            "x", "y", op_in(op, ROLE_BIAS));
}

void gpu_conv2d_grad_input(Gpu *g, const Op *op)
{
    scatter(g, op, "The gradient of a convolution's input. m: its channel; n: its pixel; k: channel of dy and tap.",
            "dy", "dx", false);
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
    const Shape big = op->in[1]->shape, small = op->in[0]->shape;
    const int64_t groups = window->groups, outputs = small.dim[0] / groups;
    const int64_t weights = big.dim[0] / groups * window->kernel[0] * window->kernel[1];
    const int64_t parts = parts_of(g, tiles(outputs) * tiles(weights) * groups);
    const int64_t elements = small.dim[0] * weights;
    const GpuOperand shares = parts > 1 ? gpu_scratch(g, "shares", parts * elements * (int64_t)sizeof(float))
                                        : (GpuOperand){0};
    conv_sizes(g, op, big, small);
    if (parts > 1)
        gpu_extra(g, "shares", "float", shares);
    const Product product = {
        .rows = outputs, .groups = groups, .columns = weights, .parts = parts, .a_across = true, .b_across = true,
        .k = "(end - first) * OH * OW",
        .a = "int s = first + k / (OH * OW);\n"
             "value = dy[(s * O + $m_of_y) * OH * OW + k % (OH * OW)];\n",
        .b = "int c = n / (KH * KW), kh = n / KW % KH, kw = n % KW;\n"
             "int s = first + k / (OH * OW), r = k / OW % OH, q = k % OW;\n"
             UNDER_TAP("x"),
        .to = parts > 1 ? "shares[(part * O + $m_of_y) * N + n] = value;\n" : "dw[($m_of_y) * N + n] = value;\n"};
    add_product(g, op, "", "The gradient of a convolution's weights. m: channel of dy; n: channel of x and tap; k: "
                "pixel of dy.", &product);
    if (parts == 1)
        return;
    gpu_extra(g, "shares", "const float", shares);
    gpu_constant(g, "WEIGHTS", elements);
    gpu_constant(g, "PARTS", parts);
    gpu_kernel(g, op, "sum", "What the parts of the batch have given, added up in their order.", gpu_all(elements),
               "int i = global_id();\n"
               "if (i < WEIGHTS) {\n"
               "float sum = 0;\n"
               "for (int part = 0; part < PARTS; part++)\n"
               "sum += shares[part * WEIGHTS + i];\n"
               "dw[i] = sum;\n"
               "}\n");
}
