/* What moves elements: another order, parts of a whole, borders, another size; and rows of a table, by number. What
 * several elements come from gathers their gradients. */
#include "targets/gpu/gpu.h"

void gpu_swap(Gpu *g, const Op *op)
{
    gpu_constant(g, "I", op->in[0]->shape.dim[0]);
    gpu_constant(g, "J", op->in[0]->shape.dim[1]);
    gpu_kernel(g, op, "", "Rows become columns.", gpu_each(shape_count(op->in[0]->shape)),
               "int at = global_id();\n"
               "if (at < count * I * J)\n"
               "y[at] = x[(at / (I * J) * I + at % I) * J + at / I % J];\n");
}

/* A sample is one stretch of memory, channel by channel: so is what each part has of it. */
static void part_sizes(Gpu *g, const Value *whole, int64_t channel)
{
    gpu_constant(g, "WHOLE", shape_count(whole->shape));
    gpu_constant(g, "FIRST", channel * shape_count(shape_places(whole->shape)));
}

void gpu_concat(Gpu *g, const Op *op)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    int64_t channel = 0;
    for (int i = 0; i < op_input_count(op->kind) && op->in[i]; i++) {
        part_sizes(g, op->out[0], channel);
        gpu_constant(g, "S", shape_count(op->in[i]->shape));
        gpu_set(g, "from", "%s", names[i]);
        gpu_kernel(g, op, names[i], "One part of a sample, behind the parts before it.",
                   gpu_each(shape_count(op->in[i]->shape)),
                   "int i = global_id();\n"
                   "if (i < count * S)\n"
                   "y[i / S * WHOLE + FIRST + i % S] = $from[i];\n");
        channel += op->in[i]->shape.dim[0];
    }
}

void gpu_concat_grad(Gpu *g, const Op *op)
{
    part_sizes(g, op->in[0], op->attr.concat.first);
    gpu_elements(g, op, op->out[0], "A part takes its own elements back.",
                 "$to dy[i / S * WHOLE + FIRST + i % S];\n");
}

/* ---- Borders ----------------------------------------------------------------------------------------------------- */

static void image_sizes(Gpu *g, const Value *x, const Value *y)
{
    const Shape in = shape_image(x->shape), out = shape_image(y->shape);
    gpu_constant(g, "C", in.dim[0]);
    gpu_constant(g, "H", in.dim[1]);
    gpu_constant(g, "W", in.dim[2]);
    gpu_constant(g, "OH", out.dim[1]);
    gpu_constant(g, "OW", out.dim[2]);
}

static void border_sizes(Gpu *g, const Op *op, const Value *x, const Value *y)
{
    static const char *const rules[] = {[PAD_ZEROS] = "", [PAD_REFLECT] = "reflected", [PAD_REPLICATE] = "replicated",
                                        [PAD_CIRCULAR] = "around"};
    image_sizes(g, x, y);
    gpu_constant(g, "TOP", op->attr.pad.top);
    gpu_constant(g, "LEFT", op->attr.pad.left);
    gpu_set(g, "source", "%s", rules[op->attr.pad.mode]);
}

/* Of an element of y, its place. */
#define OUT                                                                              \
    "int i = global_id(), r = i / OW % OH, c = i % OW, plane = i / (OH * OW);\n"         \
    "if (i >= count * C * OH * OW)\n"                                                    \
    "return;\n"

/* Of an element of dx. */
#define PIXEL                                                                            \
    "int i = global_id(), row = i / W % H, col = i % W, plane = i / (H * W);\n"          \
    "if (i >= count * C * H * W)\n"                                                      \
    "return;\n"

void gpu_pad2d(Gpu *g, const Op *op)
{
    border_sizes(g, op, op->in[0], op->out[0]);
    gpu_real(g, "value", op->attr.pad.value);
    gpu_elements(g, op, op->out[0], "A border of one value; where it is less than nothing, the image is cut.",
                 "int row = i / OW % OH - TOP, col = i % OW - LEFT, plane = i / (OH * OW);\n"
                 "bool inside = row >= 0 && row < H && col >= 0 && col < W;\n"
                 "$to inside ? x[(plane * H + row) * W + col] : value;\n");
}

void gpu_extend2d(Gpu *g, const Op *op)
{
    border_sizes(g, op, op->in[0], op->out[0]);
    gpu_kernel(g, op, "", "A border of the image's own pixels.", gpu_each(shape_count(op->out[0]->shape)),
               OUT
               "y[i] = x[(plane * H + $source(r - TOP, H)) * W + $source(c - LEFT, W)];\n");
}

void gpu_extend2d_grad(Gpu *g, const Op *op)
{
    border_sizes(g, op, op->out[0], op->in[0]);
    gpu_kernel(g, op, "", "A pixel gets its own gradient and those of the border that are of it.",
               gpu_each(shape_count(op->out[0]->shape)),
               PIXEL
               "float sum = 0;\n"
               "for (int r = 0; r < OH; r++) {\n"
               "if ($source(r - TOP, H) != row)\n"
               "continue;\n"
               "for (int c = 0; c < OW; c++)\n"
               "if ($source(c - LEFT, W) == col)\n"
               "sum += dy[(plane * OH + r) * OW + c];\n"
               "}\n"
               "dx[i] = sum;\n");
}

/* ---- Another size ------------------------------------------------------------------------------------------------ */

/* The place in x, in x's pixels, of row or column `at` of y; as torch computes it. */
static const char *place(Gpu *g, UpsampleMode mode, const char *at, float step)
{
    const char *number = gpu_float(g->arena, step);
    switch (mode) {
    case UPSAMPLE_EXACT: return arena_printf(g->arena, "(%s + 0.5f) * %s", at, number);
    case UPSAMPLE_LINEAR: return arena_printf(g->arena, "(%s + 0.5f) * %s - 0.5f", at, number);
    default: return arena_printf(g->arena, "%s * %s", at, number);
    }
}

static bool set_places(Gpu *g, const Op *op, const Value *x, const Value *y)
{
    const UpsampleMode mode = op->attr.upsample.mode;
    image_sizes(g, x, y);
    gpu_set(g, "v", "%s", place(g, mode, "r", op->attr.upsample.step[0]));
    gpu_set(g, "h", "%s", place(g, mode, "c", op->attr.upsample.step[1]));
    return mode == UPSAMPLE_LINEAR || mode == UPSAMPLE_ALIGNED;
}

/* How far row r lies from row `top` to row `bottom`; and column c from `left` to `right`. */
#define ROW                                                                  \
    "float v = fmax($v, 0.0f);\n"                                            \
    "int top = least((int)v, H - 1), bottom = least(top + 1, H - 1);\n"      \
    "v -= top;\n"
#define COLUMN                                                               \
    "float h = fmax($h, 0.0f);\n"                                            \
    "int left = least((int)h, W - 1), right = least(left + 1, W - 1);\n"     \
    "h -= left;\n"

void gpu_upsample2d(Gpu *g, const Op *op)
{
    const GpuGrid grid = gpu_each(shape_count(op->out[0]->shape));
    if (set_places(g, op, op->in[0], op->out[0]))
        gpu_kernel(g, op, "", "The image at another size: a mean of the pixels around a place.", grid,
                   OUT ROW COLUMN
                   "GLOBAL const float *image = x + plane * H * W;\n"
                   "y[i] = (1 - v) * ((1 - h) * image[top * W + left] + h * image[top * W + right]) + "
                   "v * ((1 - h) * image[bottom * W + left] + h * image[bottom * W + right]);\n");
    else
        gpu_kernel(g, op, "", "The image at another size: the nearest pixel.", grid,
                   OUT
                   "y[i] = x[(plane * H + least((int)($v), H - 1)) * W + least((int)($h), W - 1)];\n");
}

void gpu_upsample2d_grad(Gpu *g, const Op *op)
{
    const GpuGrid grid = gpu_each(shape_count(op->out[0]->shape));
    if (set_places(g, op, op->out[0], op->in[0]))
        gpu_kernel(g, op, "", "A pixel gets from each that it is a share of that share of its gradient.", grid,
                   PIXEL
                   "float sum = 0;\n"
                   "for (int r = 0; r < OH; r++) {\n"
                   ROW
                   "float high = (top == row ? 1 - v : 0) + (bottom == row ? v : 0);\n"
                   "for (int c = 0; c < OW && high != 0; c++) {\n"
                   COLUMN
                   "float wide = (left == col ? 1 - h : 0) + (right == col ? h : 0);\n"
                   "sum += wide == 0 ? 0 : dy[(plane * OH + r) * OW + c] * high * wide;\n"
                   "}\n"
                   "}\n"
                   "dx[i] = sum;\n");
    else
        gpu_kernel(g, op, "", "A pixel gets the gradients of those that it is the nearest one of.", grid,
                   PIXEL
                   "float sum = 0;\n"
                   "for (int r = 0; r < OH; r++) {\n"
                   "if (least((int)($v), H - 1) != row)\n"
                   "continue;\n"
                   "for (int c = 0; c < OW; c++)\n"
                   "if (least((int)($h), W - 1) == col)\n"
                   "sum += dy[(plane * OH + r) * OW + c];\n"
                   "}\n"
                   "dx[i] = sum;\n");
}

/* ---- Embeddings -------------------------------------------------------------------------------------------------- */

enum { ROW_GROUP = 64 };

static void table_sizes(Gpu *g, const Op *op, const Value *w)
{
    const bool bag = op->attr.embedding.bag, mean = bag && op->attr.embedding.mean;
    const bool padded = op->attr.embedding.padding >= 0;
    gpu_constant(g, "T", op->in[0]->shape.dim[0]);
    gpu_constant(g, "E", w->shape.dim[1]);
    gpu_constant(g, "PADDING", op->attr.embedding.padding);
    gpu_constant(g, "GROUP", ROW_GROUP);
    gpu_set(g, "padding", "%s", padded ? "1" : "");
    gpu_set(g, "counted", "%s", mean && padded ? "1" : "");
    gpu_set(g, "share", "%s", !mean ? "" : padded ? " / counted" : " / T");
    gpu_set(g, "from", "%s", bag ? "dy[n * E + e]" : "dy[(n * E + e) * T + i % T]");
}

#define COUNTED                                             \
    "?counted int counted = 0;\n"                           \
    "?counted for (int s = 0; s < T; s++)\n"                \
    "?counted counted += x[n * T + s] != PADDING;\n"

void gpu_embedding(Gpu *g, const Op *op)
{
    table_sizes(g, op, op->in[1]);
    if (op->attr.embedding.bag)
        gpu_kernel(g, op, "", "The sum, or the mean, of the rows of the table that the tokens are the numbers of.",
                   gpu_each(shape_count(op->out[0]->shape)),
                   "int i = global_id(), n = i / E, e = i % E;\n"
                   "if (i >= count * E)\n"
                   "return;\n"
                   COUNTED
                   "float sum = 0;\n"
                   "for (int t = 0; t < T; t++)\n"
                   "?padding if (x[n * T + t] != PADDING)\n"
                   "sum += w[x[n * T + t] * E + e]$share;\n"
                   "y[i] = sum;\n");
    else
        gpu_kernel(g, op, "", "Each token is the number of a row of the table.",
                   gpu_each(shape_count(op->out[0]->shape)),
                   "int i = global_id(), n = i / (E * T), e = i / T % E, t = i % T;\n"
                   "if (i < count * E * T)\n"
                   "y[i] = w[x[n * T + t] * E + e];\n");
}

void gpu_embedding_grad(Gpu *g, const Op *op)
{
    table_sizes(g, op, op->out[0]);
    gpu_kernel(g, op, "", "A row of the table gets the gradients of all places where its token stood: a group a row.",
               gpu_groups(op->out[0]->shape.dim[0], ROW_GROUP),
               "int row = group_id();\n"
               "for (int e = local_id(); e < E; e += GROUP) {\n"
               "float sum = 0;\n"
               "for (int i = 0; i < count * T; i++) {\n"
               "int n = i / T;\n"
               "?padding if (row == PADDING || x[i] != row)\n"
               "!padding if (x[i] != row)\n"
               "continue;\n"
               COUNTED
               "sum += $from$share;\n"
               "}\n"
               "dw[row * E + e] = sum;\n"
               "}\n");
}
