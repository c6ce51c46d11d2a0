/* SOFTMAX, SOFTMAX_GRAD: pixel by pixel, over the channels. */
#include "targets/cpu/buffers.h"
#include "targets/cpu/families/kernel_text.h"
#include "targets/cpu/families/pixels.h"

/* For each pixel of `channels` floats, channels padded to `padded`, a multiple of 16; the padding becomes 0.
 * SOFTMAX: y = exp(x - m) / s, or x - m - log s if log; m: the largest x, s: the sum of exp(x - m), channels ascending.
 * SOFTMAX_GRAD: with s = sum of dy * y, channels ascending: dx = (dy - s) * y; or if log, where s = sum of dy,
 *     dx = dy - exp(y) * s. */
#define SOFTMAX_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, padded) D(F, log) D(F, x_row) D(F, x_col) \
    D(F, y_row) D(F, y_col)
#define SOFTMAX_GRAD_DIMS(D, F) D(F, rows) D(F, cols) D(F, channels) D(F, padded) D(F, log) D(F, dy_row) D(F, dy_col) \
    D(F, y_row) D(F, y_col) D(F, dx_row) D(F, dx_col)
DIM_PLACES(SOFTMAX)
DIM_PLACES(SOFTMAX_GRAD)

/* Pointers to the floats of pixel (r, c): "const float *in = x + r * 64 + c * 16;" */
static void pixel(KernelText *k, const char *type, const char *name, const char *image, int row, const char *r,
                  const char *c)
{
    const char *offset = offset_of(k, r, dim(k, row), c, dim(k, row + 1));
    line(k, "%s *%s = %s;", type, name, sum_of(k, image, offset));
}

/* `vector` for each VL channels from i, the padding too; `scalar` for each channel i. */
static void over_vectors(KernelText *k, const char *vector)
{
    vector_loop(k, "i", dim(k, SOFTMAX_padded));
    line(k, "%s", vector);
    end(k);
}

static void over_channels(KernelText *k, const char *scalar)
{
    begin(k, "for (long i = 0; i < %s; i++)", dim(k, SOFTMAX_channels));
    line(k, "%s", scalar);
    end(k);
}

/* The first channels of what `format` says, the padding 0. */
static const char *store(KernelText *k, const char *to, const char *what)
{
    return arena_printf(k->arena, "vec_store(%s + i, vec_first(%s, %s - i));", to, what, dim(k, SOFTMAX_channels));
}

static void print_softmax(KernelText *k)
{
    const char *r = loop(k, "r", dim(k, SOFTMAX_rows)), *c = loop(k, "c", dim(k, SOFTMAX_cols));
    pixel(k, "const float", "in", "x", SOFTMAX_x_row, r, c);
    pixel(k, "float", "out", "y", SOFTMAX_y_row, r, c);
    line(k, "float largest = in[0], sum = 0;");
    over_channels(k, "largest = in[i] > largest ? in[i] : largest;");
    over_vectors(k, store(k, "out", "vec_exp(vec_load(in + i) - largest)"));
    over_channels(k, "sum += out[i];");
    if (begin_if(k, SOFTMAX_log)) {
        line(k, "const float shift = vec_log(vec_all(sum))[0];");
        over_vectors(k, store(k, "out", "vec_load(in + i) - largest - shift"));
        end(k);
    }
    if (begin_unless(k, SOFTMAX_log))
        over_vectors(k, "vec_store(out + i, vec_load(out + i) / sum);"), end(k);
    end_all(k, 2);
}

static void print_softmax_grad(KernelText *k)
{
    const char *r = loop(k, "r", dim(k, SOFTMAX_GRAD_rows)), *c = loop(k, "c", dim(k, SOFTMAX_GRAD_cols));
    pixel(k, "const float", "from", "dy", SOFTMAX_GRAD_dy_row, r, c);
    pixel(k, "const float", "made", "y", SOFTMAX_GRAD_y_row, r, c);
    pixel(k, "float", "to", "dx", SOFTMAX_GRAD_dx_row, r, c);
    line(k, "float sum = 0;");
    if (begin_if(k, SOFTMAX_GRAD_log)) {
        over_channels(k, "sum += from[i];");
        over_vectors(k, store(k, "to", "vec_load(from + i) - vec_exp(vec_load(made + i)) * sum"));
        end(k);
    }
    if (begin_unless(k, SOFTMAX_GRAD_log)) {
        over_channels(k, "sum += from[i] * made[i];");
        over_vectors(k, "vec_store(to + i, (vec_load(from + i) - sum) * vec_load(made + i));");
        end(k);
    }
    end_all(k, 2);
}

_Static_assert((int)SOFTMAX_log == (int)SOFTMAX_GRAD_log, "both begin with the same dimensions");

static void layout(Plan *plan, Kernel *kernel)
{
    layout_pixels(plan, kernel, SOFTMAX_x_row);
    kernel->dim[SOFTMAX_padded] = kernel->dim[SOFTMAX_channels];
    kernel->dim[SOFTMAX_channels] = buffer_at(plan, kernel, kernel->roles[0])->channels;
    kernel->dim[SOFTMAX_log] = kernel->ops[0]->attr.log;
}

const FamilyInfo family_softmax = {
    .name = "softmax", HAS_DIMS(SOFTMAX),
    .parameters = {READS(X, x), MAKES(Y, y)},
    .computes = {{&op_softmax}},
    .layout = layout, .print = print_softmax, .header = "activations.h",
};

const FamilyInfo family_softmax_grad = {
    .name = "softmax_grad", HAS_DIMS(SOFTMAX_GRAD),
    .parameters = {READS(DY, dy), READS(Y, y), MAKES(DX, dx)},
    .computes = {{&op_softmax_grad}},
    .layout = layout, .print = print_softmax_grad, .header = "activations.h",
};
