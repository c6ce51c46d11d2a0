/* Windows that slide over an image, of convolutions and pools. r, c: row and column of what has an element a window;
 * k, l: those of a tap within its window; row, col: where in the image the tap is. */
#include "targets/plain/plain.h"

static const char *const kernels[] = {"K", "L"}, *const strides[] = {"stride", "stride_w"},
                  *const paddings[] = {"padding", "padding_w"}, *const dilations[] = {"dilation", "dilation_w"};

void plain_window(Plain *p, const Window *window, Shape big, Shape small)
{
    static const char *const over[] = {"over_row", "over_col"};
    const Shape b = shape_image(big), s = shape_image(small);
    const bool rows = big.rank == 3;
    plain_condition(p, "rows", rows);
    plain_size(p, "C", b.dim[0]);
    plain_size(p, "H", b.dim[1]);
    plain_size(p, "W", b.dim[2]);
    plain_size(p, "O", s.dim[0]);
    plain_size(p, "OH", s.dim[1]);
    plain_size(p, "OW", s.dim[2]);
    for (int axis = !rows; axis < 2; axis++) {
        const bool second = rows && axis; /* the same as along the first axis, if nothing else is said */
        const int kernel = window->kernel[axis], stride = window->stride[axis], padding = window->padding[axis];
        const int dilation = window->dilation[axis];
        const int64_t last = (s.dim[1 + axis] - 1) * stride + (int64_t)(kernel - 1) * dilation - padding;
        plain_setting(p, kernels[second], kernel, second ? window->kernel[0] : 1);
        plain_setting(p, strides[second], stride, second ? window->stride[0] : 1);
        plain_setting(p, paddings[second], padding, second ? window->padding[0] : 0);
        plain_setting(p, dilations[second], dilation, second ? window->dilation[0] : 1);
        plain_condition(p, over[axis], !window->adaptive && (padding > 0 || last >= b.dim[1 + axis]));
    }
}

const char *plain_of_rank(Plain *p, const char *format, Shape sample)
{
    return arena_printf(p->arena, format, sample.rank == 3 ? 2 : 1);
}

/* The name of the size along an axis: columns have it from rows, unless they differ. "": the usual one. */
static const char *along(const Plain *p, const char *const *names, int axis)
{
    return plain_has(p, names[axis]) ? names[axis] : plain_get(p, names[0]);
}

static void set_axis(Plain *p, int axis)
{
    static const char *const names[] = {"row", "col"}, *const outs[] = {"r", "c"}, *const taps[] = {"k", "l"},
                      *const loops[] = {"k_loop", "l_loop"},
                      *const declared[] = {"int_row", "int_col"},
                      *const extents[] = {"kernel_row", "kernel_col"}, *const firsts[] = {"first_row", "first_col"};
    const char *kernel = along(p, kernels, axis), *stride = along(p, strides, axis);
    const char *padding = along(p, paddings, axis), *dilation = along(p, dilations, axis);
    Text first = text_new(p->arena), place = text_new(p->arena);
    text_printf(&first, "%s%s%s", outs[axis], *stride ? " * " : "", stride);
    text_add(&place, first.bytes);
    if (*kernel)
        text_printf(&place, " + %s%s%s", taps[axis], *dilation ? " * " : "", dilation);
    if (*padding) {
        text_printf(&place, " - %s", padding);
        text_printf(&first, " - %s", padding);
    }
    bool plain = !*kernel && !*stride && !*padding;
    plain_set(p, extents[axis], "%s", *kernel ? kernel : "1");
    plain_set(p, firsts[axis], "%s", first.bytes);
    plain_set(p, names[axis], "%s", plain ? outs[axis] : names[axis]);
    plain_set(p, declared[axis], "%s", plain ? "" : arena_printf(p->arena, "int %s = %s;", names[axis], place.bytes));
    plain_set(p, loops[axis], "%s", *kernel ? arena_printf(p->arena, "for (int %s = 0; %s < %s; %s++)", taps[axis],
                                                           taps[axis], kernel, taps[axis]) : "");
}

void plain_set_window(Plain *p)
{
    set_axis(p, 0);
    set_axis(p, 1);
    if (!plain_has(p, "rows")) {
        plain_set(p, "int_row", "%s", "");
        plain_set(p, "k_loop", "%s", "");
    }
    bool over_row = plain_has(p, "over_row"), over_col = plain_has(p, "over_col");
    plain_set(p, "inside", "%s%s%s", over_row ? "row >= 0 && row < H" : "", over_row && over_col ? " && " : "",
              over_col ? "col >= 0 && col < W" : "");
    plain_set(p, "brace", "%s%s", plain_get(p, "int_row"), plain_get(p, "int_col"));
    plain_set(p, "out", "%s", plain_at(p, "n * O + o", "OH", "r", "OW", "c"));
    plain_set(p, "out_pixel", "%s", plain_has(p, "rows") ? "r * OW + c" : "c");
}
