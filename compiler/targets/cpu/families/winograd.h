/* Winograd convolutions: which convolutions they can compute, what they need and what they cost. */
#ifndef NETC_TARGETS_CPU_FAMILIES_WINOGRAD_H
#define NETC_TARGETS_CPU_FAMILIES_WINOGRAD_H

#include "targets/cpu/families/finish.h"

/* Rows and columns of outputs that are transformed together, and outputs that are finished together. */
enum { WINOGRAD_TILE = 4, WINOGRAD_OUTS = 32 };

/* WINOGRAD3 and WINOGRAD5: CONV with 3x3 or 5x5 taps, x_col = run = ins and one group, from weights that
 * WINOGRAD_WEIGHTS transformed, to within rounding. Taps are `dilation` pixels apart, which divides rows and cols; for
 * a pool it is 1, and rows and cols are not less than 4. outs is a multiple of 16, the first of the u_outs whose
 * weights were transformed together; x is read up to 15 floats beyond its end where ins is none; block: the tiles
 * worked on at once; scratch: floats of the calling thread, winograd_scratch of them. All this for `images` images at
 * distances x_image, y_image and arg_image. WINOGRAD3_POOL and WINOGRAD5_POOL: the same in place of CONV_POOL. */
#define WINOGRAD3_DIMS(D, F) D(F, rows) D(F, cols) D(F, ins) D(F, outs) D(F, x_row) D(F, y_row) D(F, y_col) \
    D(F, block) D(F, has_bias) D(F, norm_row) D(F, images) D(F, dilation) D(F, x_image) D(F, y_image) \
    D(F, u_outs) ACT_DIMS(D, F)
#define WINOGRAD5_DIMS(D, F) WINOGRAD3_DIMS(D, F)
#define WINOGRAD3_POOL_DIMS(D, F) WINOGRAD3_DIMS(D, F) D(F, arg_row) D(F, arg_col) D(F, arg_image) D(F, act_first)
#define WINOGRAD5_POOL_DIMS(D, F) WINOGRAD3_POOL_DIMS(D, F)

/* u = the 36 or 64 transforms of the filters w[y*w_tap_y + x*w_tap_x + i*w_in + o*w_out], i < ins, o < outs, in an
 * order that only the Winograd kernels know: winograd_weights floats; beyond ins and outs they are 0. Distances may be
 * negative: the data gradient reads the filters reversed, from their last tap, with inputs and outputs swapped. Fast
 * where w_out or w_in is 1. Only inputs of part `part` of `parts` are written. */
#define WINOGRAD_WEIGHTS3_DIMS(D, F) D(F, ins) D(F, outs) D(F, w_tap_y) D(F, w_tap_x) D(F, w_in) D(F, w_out) \
    D(F, u_ins) D(F, u_outs)
#define WINOGRAD_WEIGHTS5_DIMS(D, F) WINOGRAD_WEIGHTS3_DIMS(D, F)

/* CONV_GRAD_WEIGHT of the same convolutions, to within rounding, over `images` images at once: for i < g_ins,
 *     g[(a*taps + b)*g_tap + i*g_in + o] += sum over images, r, c of
 *         x[... + (r + a*dilation)*x_row + (c + b*dilation)*x_col + i] * d[...][o]
 * x has pixels of `ins` floats (x_col apart, where that is not 0), d and g have `outs`, padded to 16; rows and cols are
 * d's. */
#define WINOGRAD3_GRAD_WEIGHT_DIMS(D, F) D(F, rows) D(F, cols) D(F, ins) D(F, outs) D(F, x_row) D(F, d_row) \
    D(F, d_col) D(F, block) D(F, g_tap) D(F, g_in) D(F, images) D(F, dilation) D(F, x_image) D(F, d_image) \
    D(F, g_ins) D(F, x_col)
#define WINOGRAD5_GRAD_WEIGHT_DIMS(D, F) WINOGRAD3_GRAD_WEIGHT_DIMS(D, F)
DIM_PLACES(WINOGRAD3)
DIM_PLACES(WINOGRAD5)
DIM_PLACES(WINOGRAD3_POOL)
DIM_PLACES(WINOGRAD5_POOL)
DIM_PLACES(WINOGRAD_WEIGHTS3)
DIM_PLACES(WINOGRAD_WEIGHTS5)
DIM_PLACES(WINOGRAD3_GRAD_WEIGHT)
DIM_PLACES(WINOGRAD5_GRAD_WEIGHT)

/* Whether a Winograd family computes the convolution of `window` with rows x cols outputs (before the pool, if it has
 * one) to `outs` channels, as they lie in memory: 3x3 or 5x5 taps, no stride or groups, a dilation that divides
 * rows and cols, `outs` a multiple of 16, and outputs that fill a tile, or nearly. Not whether it pays: see
 * winograd_cost. */
bool winograd_fits(const Window *window, int64_t rows, int64_t cols, int64_t outs, bool pool);

/* How many of a layer's inputs and outputs a part of its weights' gradient is about, over the whole batch: so many that
 * the part costs `most` at most, if there are. dim[WINOGRAD3_rows, cols, images, dilation, ins, outs] are set. */
typedef struct WinogradPart {
    int64_t ins, outs;
} WinogradPart;

WinogradPart winograd_part(Family family, const int64_t *dim, double most);

/* Whether `family` reads an image through the transforms. */
bool is_winograd(Family family);

/* The family that does it; the one that makes the gradient of its weights. */
Family winograd_family(const Window *window, bool pool);
Family winograd_gradient_family(const Window *window);

/* The tiles to work on at once, for dim[WINOGRAD3_block]; the other dimensions are set. */
int64_t winograd_block(Family family, const int64_t *dim);

/* Floats of scratch memory that a call needs, 64-byte aligned, for the thread alone. */
int64_t winograd_scratch(Family family, const int64_t *dim);

/* Floats of transformed weights, for outputs in multiples of 16. */
int64_t winograd_weights(Family family, int64_t ins, int64_t outs);

/* The time of a call, in the multiply-adds that a dense convolution does in it (which has images * rows * cols * outs *
 * taps * ins). */
double winograd_cost(Family family, const int64_t *dim);

/* The convolution of `window` over `images` images: from `ins` channels, a pixel of which takes `pixel` floats, to the
 * shape `out` (before the pool). */
typedef struct WinogradLayer {
    const Window *window;
    int64_t ins, pixel;
    Shape out;
    int images;
} WinogradLayer;

/* The time that `family` takes for it, as a share of a dense kernel's. */
double winograd_share(Family family, const WinogradLayer *layer);

/* Whether it is faster than a dense kernel with all that goes with it. The weights are transformed `packed` times an
 * image: once a batch in training, where a dense kernel's may have to be transposed as often. */
bool winograd_pays(Family family, const WinogradLayer *layer, double packed, bool dense_is_packed);

#endif
