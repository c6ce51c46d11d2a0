/* Pools. A gradient is gathered: a pixel of x looks at all windows that it is in, so that no two work items add to the
 * same place. */
#include "targets/formulas.h"
#include "targets/gpu/gpu.h"

/* Whether each pixel is in one window. */
static bool is_tiled(const Window *w, Shape big, Shape small)
{
    const Shape in = shape_image(big), out = shape_image(small);
    for (int axis = 0; axis < 2; axis++)
        if (w->adaptive || w->kernel[axis] != w->stride[axis] || w->padding[axis] || w->dilation[axis] != 1 ||
            in.dim[1 + axis] != out.dim[1 + axis] * w->kernel[axis])
            return false;
    return true;
}

static void set_window(Gpu *g, const Window *window, Shape big, Shape small)
{
    gpu_window(g, window, big, small);
    gpu_set(g, "adaptive", "%s", window->adaptive ? "1" : "");
    gpu_set(g, "tiled", "%s", is_tiled(window, big, small) ? "1" : "");
}

/* Rows top to bottom and columns left to right: what of the image the window at (r, q) has. */
#define EDGES                                                                            \
    "?adaptive int top = r * H / OH, bottom = ((r + 1) * H + OH - 1) / OH;\n"            \
    "?adaptive int left = q * W / OW, right = ((q + 1) * W + OW - 1) / OW;\n"            \
    "!adaptive int top = most(r * SH - PH, 0), bottom = least(r * SH - PH + KH, H);\n"   \
    "!adaptive int left = most(q * SW - PW, 0), right = least(q * SW - PW + KW, W);\n"

/* The windows, from (r0, q0) to (r1, q1), that pixel (row, col) may be in. */
#define WINDOWS                                                                                         \
    "!tiled int row = i / W % H, col = i % W, plane = i / (H * W);\n"                                   \
    "?adaptive int r0 = row * OH / H, r1 = ((row + 1) * OH - 1) / H;\n"                                 \
    "?adaptive int q0 = col * OW / W, q1 = ((col + 1) * OW - 1) / W;\n"                                 \
    "!adaptive !tiled int r0 = most(0, (row + PH - (KH - 1) * DH + SH - 1) / SH);\n"                    \
    "!adaptive !tiled int r1 = least((row + PH) / SH, OH - 1);\n"                                       \
    "!adaptive !tiled int q0 = most(0, (col + PW - (KW - 1) * DW + SW - 1) / SW);\n"                    \
    "!adaptive !tiled int q1 = least((col + PW) / SW, OW - 1);\n"                                       \
    "!tiled float sum = 0;\n"

/* The gradient of a pool's input: each pixel gets the sum of `what` over the windows (r, q) that it may be in, d being
 * the window's gradient, through the activation that is computed with the pool. */
static void sum_of_windows(Gpu *g, const Op *op, const char *about, const char *what)
{
    gpu_set(g, "what", "%s", what);
    gpu_set_back(g, "y[window]");
    gpu_elements(g, op, op->out[0], about,
                 "?tiled int row = i / W % H, col = i % W, plane = i / (H * W), r = row / SH, q = col / SW;\n"
                 WINDOWS
                 "!tiled for (int r = r0; r <= r1; r++)\n"
                 "!tiled for (int q = q0; q <= q1; q++) {\n"
                 "int window = (plane * OH + r) * OW + q;\n"
                 "float d = dy[window];\n"
                 "?back $back\n"
                 "?edges $edges\n"
                 "!tiled sum += $what;\n"
                 "!tiled }\n"
                 "!tiled $to sum;\n"
                 "?tiled $to $what;\n");
}

void gpu_max_pool2d(Gpu *g, const Op *op)
{
    const Shape big = op->in[0]->shape, small = op->out[0]->shape;
    set_window(g, &op->attr.window, big, small);
    gpu_set_finish(g, "");
    gpu_kernel(g, op, "", "The largest pixel of each window, the first one of several; and which one that was.",
               gpu_each(shape_count(small)),
               "int i = global_id(), r = i / OW % OH, q = i % OW, plane = i / (OH * OW) * (H * W), at = -1;\n"
               "if (i >= count * O * OH * OW)\n"
               "return;\n"
               "?adaptive int top = r * H / OH, bottom = ((r + 1) * H + OH - 1) / OH;\n"
               "?adaptive int left = q * W / OW, right = ((q + 1) * W + OW - 1) / OW;\n"
               "?adaptive for (int row = top; row < bottom; row++)\n"
               "?adaptive for (int col = left; col < right; col++) {\n"
               "!adaptive for (int kh = 0; kh < KH; kh++)\n"
               "!adaptive for (int kw = 0; kw < KW; kw++) {\n"
               "!adaptive int row = r * SH - PH + kh * DH, col = q * SW - PW + kw * DW;\n"
               "!adaptive if (row < 0 || row >= H || col < 0 || col >= W)\n"
               "!adaptive continue;\n"
               "int pixel = row * W + col;\n"
               "if (at < 0 || x[plane + pixel] > x[plane + at] || x[plane + pixel] != x[plane + pixel])\n"
               "at = pixel;\n"
               "}\n"
               "float value = x[plane + at];\n"
               "?finish $finish\n"
               "y[i] = value;\n"
               "arg[i] = at;\n");
}

void gpu_max_pool2d_grad(Gpu *g, const Op *op)
{
    const Shape big = op->out[0]->shape, small = op->in[0]->shape;
    set_window(g, &op->attr.window, big, small);
    sum_of_windows(g, op, "The largest pixel of a window gets all of the window's gradient, the others none.",
                   "arg[window] == row * W + col ? d : 0");
}

/* ---- Averages ---------------------------------------------------------------------------------------------------- */

static void set_average(Gpu *g, const AveragePool *pool, Shape big, Shape small)
{
    static const char *const counts[] = {
        [BY_A_NUMBER] = "DIVISOR", [BY_PIXELS] = "((bottom - top) * (right - left))",
        [BY_PADDED] = "((least(r * SH - PH + KH, H + PH) - (r * SH - PH)) * "
                      "(least(q * SW - PW + KW, W + PW) - (q * SW - PW)))",
        [ADAPTIVE] = "((bottom - top) * (right - left))"};
    const Window *window = &pool->window;
    set_window(g, window, big, small);
    gpu_constant(g, "DIVISOR", pool->divisor ? pool->divisor : window->kernel[0] * (int64_t)window->kernel[1]);
    gpu_set(g, "share", "%s", counts[average_divisor(pool)]);
    gpu_set(g, "looks", "%s", average_divisor(pool) == BY_PIXELS || window->adaptive ? "1" : "");
}

void gpu_avg_pool2d(Gpu *g, const Op *op)
{
    const Shape big = op->in[0]->shape, small = op->out[0]->shape;
    set_average(g, &op->attr.average, big, small);
    gpu_set_finish(g, "");
    gpu_kernel(g, op, "", "The mean of each window.", gpu_each(shape_count(small)),
               "int i = global_id(), r = i / OW % OH, q = i % OW, plane = i / (OH * OW) * (H * W);\n"
               "if (i >= count * O * OH * OW)\n"
               "return;\n"
               EDGES
               "float sum = 0;\n"
               "for (int row = top; row < bottom; row++)\n"
               "for (int col = left; col < right; col++)\n"
               "sum += x[plane + row * W + col];\n"
               "float value = sum / $share;\n"
               "?finish $finish\n"
               "y[i] = value;\n");
}

void gpu_avg_pool2d_grad(Gpu *g, const Op *op)
{
    const Shape big = op->out[0]->shape, small = op->in[0]->shape;
    set_average(g, &op->attr.average, big, small);
    gpu_set(g, "edges", "%s", gpu_has(g, "looks") ? EDGES : "");
    sum_of_windows(g, op, "The pixels of a window share its gradient.",
                   arena_printf(g->arena, "d / %s", template_get(&g->t, "share")));
}
