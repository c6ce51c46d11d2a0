/* The Winograd kernels against the convolution in float64, over random shapes and in every width: with the filters as
 * they lie, and with turned and swapped ones, as the gradient of the input reads them. */
#include "kernel_check.h"
#include "targets/cpu/families/winograd.h"
#include "targets/cpu/rounding.h"

enum { SHAPES = 200 / ONE_IN };

typedef struct Case {
    int taps, pool, gradient;
    int64_t ins, outs; /* of the filters; the images' are padded to 16 */
    int64_t d[MAX_DIMS];
    int64_t x_floats, y_floats, arg_bytes, scratch_floats;
    Family family;
} Case;

static int64_t padded(int64_t channels)
{
    return (channels + 15) / 16 * 16;
}

static Case random_shape(int number)
{
    Case s = {.taps = number % 2 ? 5 : 3, .pool = number / 2 % 2, .gradient = number / 4 % 2};
    const int64_t dilation = s.pool ? 1 : ONE_OF(1, 1, 1, 2, 3), size = s.pool ? 4 : 3;
    const int64_t around = dilation * (s.taps - 1);
    s.ins = ONE_OF(16, 16, 32, 48, 20, 9, 1, 3, 4);
    s.outs = ONE_OF(16, 32, 48, 64, 7, 40);
    s.family = winograd_family(&(Window){.kernel = {s.taps, s.taps}}, s.pool);
    int64_t *d = s.d;
    d[WINOGRAD3_dilation] = dilation;
    d[WINOGRAD3_rows] = dilation * (size + ONE_OF(0, 0, 1, 2, 3, 4, 5, 9) / dilation);
    d[WINOGRAD3_cols] = dilation * (size + ONE_OF(0, 0, 1, 2, 3, 4, 7, 12, 17) / dilation);
    d[WINOGRAD3_ins] = s.ins < 9 ? s.ins : padded(s.ins); /* the network's input is not padded */
    d[WINOGRAD3_outs] = d[WINOGRAD3_u_outs] = padded(s.outs);
    d[WINOGRAD3_x_row] = (d[WINOGRAD3_cols] + around) * d[WINOGRAD3_ins] + ONE_OF(0, 16);
    d[WINOGRAD3_y_col] = d[WINOGRAD3_outs] + ONE_OF(0, 16);
    d[WINOGRAD3_y_row] = d[WINOGRAD3_cols] * d[WINOGRAD3_y_col] + ONE_OF(0, 16);
    d[WINOGRAD3_has_bias] = next_random() % 2;
    random_act(d + WINOGRAD3_act);
    d[WINOGRAD3_norm_row] = ONE_OF(0, 0, d[WINOGRAD3_outs], d[WINOGRAD3_outs] + 16);
    d[WINOGRAD3_images] = ONE_OF(1, 1, 2, 3);
    d[WINOGRAD3_x_image] = (d[WINOGRAD3_rows] + around) * d[WINOGRAD3_x_row] + ONE_OF(0, 16);
    d[WINOGRAD3_y_image] = d[WINOGRAD3_rows] * d[WINOGRAD3_y_row] + ONE_OF(0, 16);
    if (s.pool) {
        d[WINOGRAD3_POOL_act_first] = next_random() % 2;
        d[WINOGRAD3_POOL_arg_col] = d[WINOGRAD3_outs] + ONE_OF(0, 16);
        d[WINOGRAD3_POOL_arg_row] = d[WINOGRAD3_cols] / 2 * d[WINOGRAD3_POOL_arg_col] + ONE_OF(0, 7);
        d[WINOGRAD3_POOL_arg_image] = d[WINOGRAD3_rows] / 2 * d[WINOGRAD3_POOL_arg_row] + ONE_OF(0, 16);
        s.arg_bytes = d[WINOGRAD3_images] * d[WINOGRAD3_POOL_arg_image];
    }
    const int64_t block = winograd_block(s.family, d);
    d[WINOGRAD3_block] = 1 + next_random() % (unsigned)(number % 3 ? block : 2 * block);
    /* Nothing beyond the last pixel's channels may be read but for what fills a vector: the sanitizers see to that. */
    s.x_floats = (d[WINOGRAD3_images] - 1) * d[WINOGRAD3_x_image] +
                 (d[WINOGRAD3_rows] + around - 1) * d[WINOGRAD3_x_row] +
                 (d[WINOGRAD3_cols] + around) * d[WINOGRAD3_ins] + (d[WINOGRAD3_ins] % 16 ? 15 : 0);
    s.y_floats = d[WINOGRAD3_images] * d[WINOGRAD3_y_image];
    s.scratch_floats = winograd_scratch(s.family, d);
    return s;
}

/* The convolution's sum at (r, c, o), in float64. filter[(a * taps + b) * ins + i][o] */
static double exact_sum(const Case *s, const float *x, const float *filter, int64_t r, int64_t c, int64_t o)
{
    const int64_t *d = s->d, apart = d[WINOGRAD3_dilation];
    double sum = 0;
    for (int64_t a = 0; a < s->taps; a++)
        for (int64_t b = 0; b < s->taps; b++)
            for (int64_t i = 0; i < s->ins; i++)
                sum += (double)x[(r + a * apart) * d[WINOGRAD3_x_row] + (c + b * apart) * d[WINOGRAD3_ins] + i] *
                       filter[((a * s->taps + b) * s->ins + i) * s->outs + o];
    return sum;
}

/* Transforms the filters; for a gradient they lie turned and swapped, so that the same convolution comes out. */
static float *transformed(const Case *s, const float *filter)
{
    const int64_t taps = s->taps * s->taps, pitch = padded(s->gradient ? s->ins : s->outs),
                  floats = taps * s->ins * s->outs;
    const int64_t rows = s->gradient ? s->outs : s->ins;
    float *w = random_floats(taps * rows * pitch);
    for (int64_t n = 0; n < floats; n++) {
        const int64_t o = n % s->outs, i = n / s->outs % s->ins, tap = n / s->outs / s->ins;
        w[s->gradient ? ((taps - 1 - tap) * rows + o) * pitch + i : (tap * rows + i) * pitch + o] = filter[n];
    }
    const int64_t tap = rows * pitch, turn = s->gradient ? -1 : 1;
    const int64_t d[] = {s->ins,
                         s->outs,
                         turn * s->taps * tap,
                         turn * tap,
                         s->gradient ? 1 : pitch,
                         s->gradient ? pitch : 1,
                         s->d[WINOGRAD3_ins],
                         padded(s->outs)};
    float *u = random_floats(winograd_weights(s->family, s->d[WINOGRAD3_ins], padded(s->outs)));
    call_prebuilt(s->taps == 3 ? FAMILY_WINOGRAD_WEIGHTS3 : FAMILY_WINOGRAD_WEIGHTS5, d, 0,
                  (void *[]){s->gradient ? w + (taps - 1) * tap : w, u});
    free(w);
    return u;
}

/* The bias, and where there is a norm its table, of which the bias is the first row. */
static float *random_bias(const Case *s)
{
    return random_floats(3 * s->d[WINOGRAD3_norm_row] + padded(s->outs));
}

/* What is stored of a sum, but for an activation. */
static double finished_sum(const Case *s, double sum, const float *bias, int64_t o)
{
    const int64_t row = s->d[WINOGRAD3_norm_row];
    sum += s->d[WINOGRAD3_has_bias] ? bias[o] : 0;
    return row ? sum * bias[2 * row + o] + bias[3 * row + o] : sum;
}

static void check_pixels(const Case *s, const float *x, const float *filter, const float *bias, const float *y,
                         const float *before, double *error, double *largest)
{
    const int64_t *d = s->d;
    for (int64_t n = 0; n < s->y_floats; n++) {
        const int64_t image = n / d[WINOGRAD3_y_image], r = n % d[WINOGRAD3_y_image] / d[WINOGRAD3_y_row],
                      c = n % d[WINOGRAD3_y_image] % d[WINOGRAD3_y_row] / d[WINOGRAD3_y_col],
                      o = n % d[WINOGRAD3_y_image] % d[WINOGRAD3_y_row] % d[WINOGRAD3_y_col];
        if (r >= d[WINOGRAD3_rows] || c >= d[WINOGRAD3_cols] || o >= d[WINOGRAD3_outs]) {
            ck_assert(y[n] == before[n]);
            continue;
        }
        double sum = o < s->outs ? exact_sum(s, x + image * d[WINOGRAD3_x_image], filter, r, c, o) : 0;
        *largest = fmax(*largest, fabs(sum));
        sum = finished_sum(s, sum, bias, o);
        sum = (double)activated_by(d + WINOGRAD3_act, (float)sum);
        *error = fmax(*error, fabs(sum - y[n]));
    }
}

static void check_pooled(const Case *s, const float *x, const float *filter, const float *bias, const float *y,
                         const unsigned char *arg, double *error, double *largest)
{
    const int64_t *d = s->d;
    for (int64_t image_r = 0; image_r < d[WINOGRAD3_images] * (d[WINOGRAD3_rows] / 2); image_r++)
        for (int64_t c = 0; c < d[WINOGRAD3_cols] / 2; c++)
            for (int64_t o = 0; o < d[WINOGRAD3_outs]; o++) {
                const int64_t image = image_r / (d[WINOGRAD3_rows] / 2), r = image_r % (d[WINOGRAD3_rows] / 2);
                double sums[4] = {0}, best = -INFINITY;
                for (int place = 0; place < 4; place++) {
                    sums[place] = o < s->outs ? exact_sum(s, x + image * d[WINOGRAD3_x_image], filter,
                                                          2 * r + place / 2, 2 * c + place % 2, o)
                                              : 0;
                    *largest = fmax(*largest, fabs(sums[place]));
                    sums[place] = finished_sum(s, sums[place], bias, o);
                    if (d[WINOGRAD3_POOL_act_first])
                        sums[place] = (double)activated_by(d + WINOGRAD3_act, (float)sums[place]);
                    best = fmax(best, sums[place]);
                }
                const int at = arg[image * d[WINOGRAD3_POOL_arg_image] + r * d[WINOGRAD3_POOL_arg_row] +
                                   c * d[WINOGRAD3_POOL_arg_col] + o];
                ck_assert(at < 4);
                *error = fmax(*error, best - sums[at]);
                if (!d[WINOGRAD3_POOL_act_first])
                    best = (double)activated_by(d + WINOGRAD3_act, (float)best);
                *error = fmax(
                    *error,
                    fabs(best - y[image * d[WINOGRAD3_y_image] + r * d[WINOGRAD3_y_row] + c * d[WINOGRAD3_y_col] + o]));
            }
}

static void winograd(int lanes)
{
    for (int number = 0; number < SHAPES; number++) {
        const Case s = random_shape(number);
        float *x = random_floats(s.x_floats), *filter = random_floats(s.taps * s.taps * s.ins * s.outs),
              *bias = random_bias(&s), *y = random_floats(s.y_floats);
        float *before = copy_of(y, 4 * (size_t)s.y_floats), *u = transformed(&s, filter);
        float *scratch = random_floats(s.scratch_floats);
        unsigned char *arg = malloc((size_t)s.arg_bytes + 1);
        /* Channels beyond the filters' must not matter. */
        double error = 0, largest = 0;
        void *const plain[] = {x, u, bias, y, scratch}, *const pooled[] = {x, u, bias, y, arg, scratch};
        call_prebuilt(s.family, s.d, 0, s.pool ? pooled : plain);
        if (s.pool)
            check_pooled(&s, x, filter, bias, y, arg, &error, &largest);
        else
            check_pixels(&s, x, filter, bias, y, before, &error, &largest);
        if (!(error <= 1e-5 * largest))
            ck_abort_msg("shape %d, %d lanes: error %.3g of %.3g", number, lanes, error, largest);
        free(x), free(filter), free(bias), free(y), free(before), free(u), free(scratch), free(arg);
    }
}

/* The gradients of the weights in float64, [tap][input][output] as the kernel's lie, and 0 between the taps. `pixel` is
 * what is from one pixel of x to the next. */
static double *exact_gradient(const Case *s, int64_t pixel, const float *x, const float *dy)
{
    const int64_t *d = s->d, taps = s->taps * s->taps, outs = d[WINOGRAD3_outs], apart = d[WINOGRAD3_dilation];
    double *sums = calloc((size_t)(taps * d[WINOGRAD3_GRAD_WEIGHT_g_tap]), sizeof *sums);
    for (int64_t p = 0; p < d[WINOGRAD3_images] * d[WINOGRAD3_rows] * d[WINOGRAD3_cols]; p++) {
        const int64_t c = p % d[WINOGRAD3_cols], r = p / d[WINOGRAD3_cols] % d[WINOGRAD3_rows],
                      image = p / d[WINOGRAD3_cols] / d[WINOGRAD3_rows];
        const float *gradient = dy + image * d[WINOGRAD3_GRAD_WEIGHT_d_image] + r * d[WINOGRAD3_y_row] +
                                c * d[WINOGRAD3_y_col];
        for (int64_t tap = 0; tap < taps; tap++)
            for (int64_t i = 0; i < s->ins; i++) {
                const double input = x[image * d[WINOGRAD3_x_image] +
                                       (r + tap / s->taps * apart) * d[WINOGRAD3_x_row] +
                                       (c + tap % s->taps * apart) * pixel + i];
                double *sum = sums + tap * d[WINOGRAD3_GRAD_WEIGHT_g_tap] + i * outs;
                for (int64_t o = 0; o < outs; o++)
                    sum[o] += input * gradient[o];
            }
    }
    return sums;
}

/* The gradients of the weights, over several images, against float64. */
static void grad_weight(int lanes)
{
    for (int number = 0; number < SHAPES / 2; number++) {
        Case s = random_shape(number);
        const Family family = s.taps == 3 ? FAMILY_WINOGRAD3_GRAD_WEIGHT : FAMILY_WINOGRAD5_GRAD_WEIGHT;
        int64_t *d = s.d;
        const int64_t pixel = d[WINOGRAD3_ins];
        const bool some = number % 2 && s.ins > 16 && s.ins == pixel; /* of the inputs */
        if (some)
            s.ins = d[WINOGRAD3_ins] = 16;
        d[WINOGRAD3_GRAD_WEIGHT_x_col] = some ? pixel : 0;
        d[WINOGRAD3_GRAD_WEIGHT_g_in] = d[WINOGRAD3_outs];
        d[WINOGRAD3_GRAD_WEIGHT_g_tap] = s.ins * d[WINOGRAD3_outs] + ONE_OF(0, 16);
        d[WINOGRAD3_GRAD_WEIGHT_g_ins] = s.ins;
        d[WINOGRAD3_GRAD_WEIGHT_d_image] = d[WINOGRAD3_rows] * d[WINOGRAD3_y_row];
        const int64_t taps = s.taps * s.taps, floats = taps * d[WINOGRAD3_GRAD_WEIGHT_g_tap];
        float *x = random_floats(s.x_floats),
              *dy = random_floats(d[WINOGRAD3_images] * d[WINOGRAD3_GRAD_WEIGHT_d_image]);
        float *g = random_floats(floats), *before = copy_of(g, 4 * (size_t)floats);
        float *scratch = random_floats(winograd_scratch(family, d));
        call_prebuilt(family, d, 0, (void *[]){x, dy, g, scratch});
        double error = 0, largest = 0;
        double *sums = exact_gradient(&s, pixel, x, dy);
        for (int64_t n = 0; n < floats; n++) {
            largest = fmax(largest, fabs(sums[n]));
            error = fmax(error, fabs(sums[n] + before[n] - g[n]));
        }
        if (!(error <= 1e-5 * largest))
            ck_abort_msg("gradient %d, %d lanes: error %.3g of %.3g", number, lanes, error, largest);
        free(x), free(dy), free(g), free(before), free(scratch), free(sums);
    }
}

START_TEST(test_grad_weight)
{
    for_each_width(grad_weight);
}
END_TEST

START_TEST(test_winograd)
{
    for_each_width(winograd);
}
END_TEST

/* Widths that round alike give the same bits, whatever the block. */
START_TEST(test_same_bits)
{
    random_state = 3;
    for (int number = 0; number < 40 / ONE_IN; number++) {
        Case s = random_shape(number);
        if (s.pool)
            continue;
        float *x = random_floats(s.x_floats), *filter = random_floats(s.taps * s.taps * s.ins * s.outs),
              *bias = random_bias(&s), *y = random_floats(s.y_floats), *first = NULL;
        for (int i = 0; i < 2 * MAX_WIDTHS; i++) {
            const int lanes = all_lanes[i / 2];
            if (!is_fused(lanes) || !nc_kernels_force(lanes))
                continue;
            s.d[WINOGRAD3_block] = i % 2 ? winograd_block(s.family, s.d) : 3;
            float *u = transformed(&s, filter), *scratch = random_floats(winograd_scratch(s.family, s.d));
            call_prebuilt(s.family, s.d, 0, (void *[]){x, u, bias, y, scratch});
            if (!first)
                first = copy_of(y, 4 * (size_t)s.y_floats);
            assert_same_floats("winograd", lanes, 0, y, first, s.y_floats);
            free(u), free(scratch);
        }
        free(x), free(filter), free(bias), free(y), free(first);
    }
    nc_kernels_force(0);
}
END_TEST

/* Weights that are too many for the near caches go past them, and are the same as those of a width that stores them. */
START_TEST(test_far_weights)
{
    enum { CHANNELS = 352, FLOATS = 9 * CHANNELS * CHANNELS };
    const int64_t d[] = {CHANNELS, CHANNELS, 3 * CHANNELS * CHANNELS, CHANNELS * CHANNELS, CHANNELS, 1, CHANNELS,
                         CHANNELS};
    const size_t bytes = 4 * (size_t)winograd_weights(FAMILY_WINOGRAD3, CHANNELS, CHANNELS);
    float *w = random_floats(FLOATS), *first = NULL;
    for (int i = 0; i < MAX_WIDTHS; i++) {
        if (!is_fused(all_lanes[i]) || !nc_kernels_force(all_lanes[i]))
            continue;
        float *u = aligned_alloc(64, (bytes + 63) / 64 * 64);
        memset(u, 0, bytes);
        call_prebuilt(FAMILY_WINOGRAD_WEIGHTS3, d, 0, (void *[]){w, u});
        if (!first)
            first = copy_of(u, bytes);
        assert_same_floats("transformed weights", all_lanes[i], 0, u, first, (int64_t)(bytes / 4));
        free(u);
    }
    free(w), free(first);
    nc_kernels_force(0);
}
END_TEST

/* A convolution from `ins` to `outs` channels over `images` of rows x cols, tight in memory. */
static Case plain_shape(int taps, int64_t ins, int64_t outs, int64_t extent, int64_t images)
{
    Case s = {.taps = taps, .ins = ins, .outs = outs};
    s.family = winograd_family(&(Window){.kernel = {taps, taps}}, false);
    int64_t *d = s.d;
    d[WINOGRAD3_rows] = d[WINOGRAD3_cols] = extent;
    d[WINOGRAD3_ins] = ins;
    d[WINOGRAD3_outs] = d[WINOGRAD3_u_outs] = d[WINOGRAD3_y_col] = outs;
    d[WINOGRAD3_x_row] = (extent + taps - 1) * ins;
    d[WINOGRAD3_y_row] = extent * outs;
    d[WINOGRAD3_images] = images;
    d[WINOGRAD3_dilation] = 1;
    d[WINOGRAD3_x_image] = (extent + taps - 1) * d[WINOGRAD3_x_row];
    d[WINOGRAD3_y_image] = extent * d[WINOGRAD3_y_row];
    d[WINOGRAD3_block] = winograd_block(s.family, d);
    s.x_floats = images * d[WINOGRAD3_x_image] + 15;
    s.y_floats = images * d[WINOGRAD3_y_image];
    s.scratch_floats = winograd_scratch(s.family, d);
    return s;
}

/* The root mean square of the errors, as a share of that of the exact sums: forward, and of the gradient. */
static double forward_rounding(const Case *s)
{
    const int64_t *d = s->d;
    float *x = random_floats(s->x_floats), *filter = random_floats(s->taps * s->taps * s->ins * s->outs);
    float *y = random_floats(s->y_floats), *u = transformed(s, filter), *scratch = random_floats(s->scratch_floats);
    call_prebuilt(s->family, d, 0, (void *[]){x, u, NULL, y, scratch});
    double apart = 0, size = 0;
    for (int64_t n = 0; n < s->y_floats; n++) {
        const int64_t o = n % s->outs, c = n / s->outs % d[WINOGRAD3_cols];
        const int64_t r = n / d[WINOGRAD3_y_row] % d[WINOGRAD3_rows], image = n / d[WINOGRAD3_y_image];
        const double sum = exact_sum(s, x + image * d[WINOGRAD3_x_image], filter, r, c, o);
        apart += (sum - y[n]) * (sum - y[n]);
        size += sum * sum;
    }
    free(x), free(filter), free(y), free(u), free(scratch);
    return sqrt(apart / size);
}

static double gradient_rounding(const Case *s)
{
    int64_t d[MAX_DIMS];
    memcpy(d, s->d, sizeof d);
    const Family family = winograd_gradient_family(&(Window){.kernel = {s->taps, s->taps}});
    d[WINOGRAD3_GRAD_WEIGHT_x_col] = 0;
    d[WINOGRAD3_GRAD_WEIGHT_g_in] = s->outs;
    d[WINOGRAD3_GRAD_WEIGHT_g_tap] = s->ins * s->outs;
    d[WINOGRAD3_GRAD_WEIGHT_g_ins] = s->ins;
    d[WINOGRAD3_GRAD_WEIGHT_d_image] = d[WINOGRAD3_rows] * d[WINOGRAD3_y_row];
    d[WINOGRAD3_GRAD_WEIGHT_d_row] = s->outs * d[WINOGRAD3_cols];
    d[WINOGRAD3_GRAD_WEIGHT_d_col] = s->outs;
    d[WINOGRAD3_GRAD_WEIGHT_block] = winograd_block(family, d);
    const int64_t taps = s->taps * s->taps, floats = taps * s->ins * s->outs;
    float *x = random_floats(s->x_floats), *dy = random_floats(s->y_floats), *g = calloc((size_t)floats, sizeof *g);
    float *scratch = random_floats(winograd_scratch(family, d));
    call_prebuilt(family, d, 0, (void *[]){x, dy, g, scratch});
    double apart = 0, size = 0;
    for (int64_t n = 0; n < floats; n++) {
        const int64_t o = n % s->outs, i = n / s->outs % s->ins, tap = n / s->outs / s->ins;
        double sum = 0;
        for (int64_t image = 0; image < d[WINOGRAD3_images]; image++)
            for (int64_t r = 0; r < d[WINOGRAD3_rows]; r++)
                for (int64_t c = 0; c < d[WINOGRAD3_cols]; c++)
                    sum += (double)x[image * d[WINOGRAD3_x_image] + (r + tap / s->taps) * d[WINOGRAD3_x_row] +
                                     (c + tap % s->taps) * s->ins + i] *
                           dy[image * d[WINOGRAD3_GRAD_WEIGHT_d_image] + r * d[WINOGRAD3_y_row] + c * s->outs + o];
        apart += (sum - g[n]) * (sum - g[n]);
        size += sum * sum;
    }
    free(x), free(dy), free(g), free(scratch);
    return sqrt(apart / size);
}

static void check_rounding(const char *what, int taps, int terms, double measured, double estimate)
{
    if (!(measured <= estimate && measured >= estimate / 2))
        ck_abort_msg("%s, %d taps, %d terms: off by %.3g, estimated %.3g", what, taps, terms, measured, estimate);
}

/* What --dump=choose and `precision NUMBER` go by: no kernel rounds more than is estimated, and few much less. */
static void rounding(int lanes)
{
    (void)lanes;
    enum { MOST = 256 };
    for (int taps = 3; taps <= 5; taps += 2) {
        for (int ins = 4; ins <= MOST; ins *= 4) {
            const Case s = plain_shape(taps, ins, 16, 8, 1);
            check_rounding("forward", taps, ins, forward_rounding(&s), family_rounding(s.family, ins));
        }
        for (int images = 1; images <= MOST / 4; images *= 4) {
            const Case s = plain_shape(taps, 16, 16, 8, images);
            const Family family = winograd_gradient_family(&(Window){.kernel = {taps, taps}});
            check_rounding("gradient", taps, 4 * images, gradient_rounding(&s), family_rounding(family, 4 * images));
        }
    }
}

START_TEST(test_rounding)
{
    for_each_width(rounding);
}
END_TEST

START_TEST(test_fits)
{
    const Window plain = {.kernel = {3, 3}, .stride = {1, 1}, .dilation = {1, 1}, .groups = 1};
    Window other = plain;
    ck_assert(winograd_fits(&plain, 4, 4, 16, false) && winograd_fits(&plain, 5, 9, 48, true));
    ck_assert(winograd_fits(&plain, 3, 8, 16, false) && !winograd_fits(&plain, 3, 8, 16, true));
    ck_assert(!winograd_fits(&plain, 2, 8, 16, false));
    ck_assert(!winograd_fits(&plain, 8, 8, 24, false));
    other.kernel[0] = other.kernel[1] = 5;
    ck_assert(winograd_fits(&other, 4, 5, 16, true) && !winograd_fits(&other, 2, 8, 16, false));
    other.kernel[1] = 3;
    ck_assert(!winograd_fits(&other, 8, 8, 16, false));
    other = plain, other.stride[1] = 2;
    ck_assert(!winograd_fits(&other, 8, 8, 16, false));
    other = plain, other.dilation[0] = 2;
    ck_assert(!winograd_fits(&other, 8, 8, 16, false));
    other.dilation[1] = 2;
    ck_assert(winograd_fits(&other, 8, 6, 16, false) && !winograd_fits(&other, 8, 7, 16, false));
    ck_assert(!winograd_fits(&other, 4, 8, 16, false) && !winograd_fits(&other, 8, 8, 16, true));
    other = plain, other.groups = 2;
    ck_assert(!winograd_fits(&other, 8, 8, 16, false));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_winograd");
    TCase *core = tcase_create("core");
    tcase_set_timeout(core, 120);
    tcase_add_test(core, test_winograd);
    tcase_add_test(core, test_grad_weight);
    tcase_add_test(core, test_same_bits);
    tcase_add_test(core, test_far_weights);
    tcase_add_test(core, test_fits);
    tcase_add_test(core, test_rounding);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
