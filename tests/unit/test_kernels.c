/* The tiled kernels, every tile of every width that the processor has, against their formulas: near a float64 sum, and
 * equal to the bit to the sum in the promised order. */
#include "kernel_check.h"

enum { SHAPES = 120 / ONE_IN, MOST_OUTS = 272 };

/* Checks each tile that fits against `wanted`; operand `out` is the result, restored from `before` each time. */
static void check_tiles(Family family, int lanes, const int64_t *d, void **operand, int out, const float *before,
                        const float *wanted, int64_t floats, const unsigned char *wanted_arg, int64_t arg_bytes)
{
    const Width width = lanes == 16 ? WIDTH_16 : lanes == 8 ? WIDTH_8 : WIDTH_4;
    const Tile chosen = chosen_tile(family, width, d);
    ck_assert(tile_fits(family, chosen, lanes, d));
    int count;
    const Tile *tiles = tiles_of(family, width, &count);
    for (int i = 0; i < count; i++) {
        if (!tile_fits(family, tiles[i], lanes, d))
            continue;
        const int code = tiles[i].rows * 100 + tiles[i].cols * 10 + tiles[i].vecs;
        memcpy(operand[out], before, (size_t)floats * sizeof *before);
        if (wanted_arg)
            memset(operand[out + 1], 9, (size_t)arg_bytes);
        call_prebuilt(family, d, code, operand);
        assert_same_floats(family_info(family)->name, lanes, code, operand[out], wanted, floats);
        if (wanted_arg)
            ck_assert_mem_eq(operand[out + 1], wanted_arg, (size_t)arg_bytes);
    }
}

static void near(float got, double exact, double size)
{
    if (fabs((double)got - exact) > 1e-6 * size + 1e-7)
        ck_abort_msg("a sum is %.9g, not %.9g", (double)got, exact);
}

/* A CONV of 1x1 windows with so many inputs and outputs that it goes by strips of pixels; gives the floats of x. */
static int64_t striped_conv(int64_t *d)
{
    const int64_t rows = 21, cols = ONE_OF(13, 20), outs = 32, run = ONE_OF(80, 264), row = cols * run;
    const int64_t dims[] = {rows, cols, outs, 1, 1, run, row, run, row, run, outs, cols * outs, outs, outs, 0};
    memcpy(d, dims, sizeof dims);
    d[CONV_has_bias] = d[CONV_norm_row] = 0;
    d[CONV_images] = 3;
    d[CONV_x_image] = rows * row;
    d[CONV_y_image] = rows * cols * outs;
    return 3 * rows * row;
}

static void conv(int lanes)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        int64_t d[MAX_DIMS];
        int64_t inputs = random_conv(d, 0);
        if (shape == 0)
            inputs = striped_conv(d);
        float *x = random_floats(inputs), *w = random_floats(conv_weights(d)),
              *bias = random_floats(3 * d[CONV_norm_row] + d[CONV_outs]);
        const int64_t rows = d[CONV_rows], floats = d[CONV_images] * d[CONV_y_image];
        float *before = random_floats(floats), *wanted = copy_of(before, (size_t)floats * sizeof *before),
              *y = malloc((size_t)floats * sizeof *y);
        for (int64_t row = 0; row < d[CONV_images] * rows; row++) {
            const int64_t s = row / rows, r = row % rows;
            float *to = wanted + s * d[CONV_y_image] + r * d[CONV_y_row];
            for (int64_t c = 0; c < d[CONV_cols]; c++)
                for (int64_t o = 0; o < d[CONV_outs]; o++) {
                    double exact, size;
                    float sum = conv_sum(lanes, d, x + s * d[CONV_x_image], w, r, c, o, &exact, &size);
                    near(sum, exact, size);
                    sum = finished(lanes, sum, bias, o, d[CONV_has_bias], d[CONV_norm_row]);
                    to[c * d[CONV_y_col] + o] = activated_by(d + CONV_act, sum);
                }
        }
        check_tiles(FAMILY_CONV, lanes, d, (void *[]){x, w, bias, y}, 3, before, wanted, floats, NULL, 0);
        free(x), free(w), free(bias), free(before), free(wanted), free(y);
    }
}

static void conv_pool(int lanes)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        int64_t d[MAX_DIMS];
        const int64_t inputs = random_conv(d, 1);
        const int64_t row = d[CONV_norm_row], first = d[CONV_POOL_act_first];
        float *x = random_floats(inputs), *w = random_floats(conv_weights(d));
        float *bias = random_floats(3 * row + d[CONV_outs]);
        if (shape % 4 == 0) /* ties: few values */
            for (int64_t i = 0; i < inputs; i++)
                x[i] = (float)(i / 7 % 2);
        if (shape % 8 == 1)
            x[inputs / 2] = NAN;
        const int64_t rows = d[CONV_rows] / 2, cols = d[CONV_cols] / 2;
        const int64_t floats = d[CONV_images] * d[CONV_y_image], bytes = d[CONV_images] * d[CONV_POOL_arg_image];
        float *before = random_floats(floats), *wanted = copy_of(before, (size_t)floats * sizeof *before),
              *y = malloc((size_t)floats * sizeof *y);
        unsigned char *arg = malloc((size_t)bytes), *wanted_arg = malloc((size_t)bytes);
        memset(wanted_arg, 9, (size_t)bytes);
        for (int64_t down = 0; down < d[CONV_images] * rows; down++) {
            const int64_t s = down / rows, r = down % rows;
            const float *from = x + s * d[CONV_x_image];
            float *to = wanted + s * d[CONV_y_image] + r * d[CONV_y_row];
            unsigned char *to_arg = wanted_arg + s * d[CONV_POOL_arg_image] + r * d[CONV_POOL_arg_row];
            for (int64_t c = 0; c < cols; c++)
                for (int64_t o = 0; o < d[CONV_outs]; o++) {
                    double exact, size;
                    float sums[4];
                    for (int place = 0; place < 4; place++) {
                        sums[place] = conv_sum(lanes, d, from, w, 2 * r + place / 2, 2 * c + place % 2, o, &exact,
                                               &size);
                        if (row || first) /* it comes before the maximum, which it may turn about */
                            sums[place] = finished(lanes, sums[place], bias, o, d[CONV_has_bias], row);
                        if (first)
                            sums[place] = activated_by(d + CONV_act, sums[place]);
                    }
                    float best = sums[0];
                    int at = 0;
                    for (int place = 1; place < 4; place++)
                        take_max(sums[place], place, &best, &at);
                    if (!row && !first)
                        best = finished(lanes, best, bias, o, d[CONV_has_bias], 0);
                    to[c * d[CONV_y_col] + o] = first ? best : activated_by(d + CONV_act, best);
                    to_arg[c * d[CONV_POOL_arg_col] + o] = (unsigned char)at;
                }
        }
        check_tiles(FAMILY_CONV_POOL, lanes, d, (void *[]){x, w, bias, y, arg}, 3, before, wanted, floats, wanted_arg,
                    bytes);
        free(x), free(w), free(bias), free(before), free(wanted), free(y), free(arg), free(wanted_arg);
    }
}

/* One row of the gradient, of a tap and an input, to all outputs: the inner loop, for they lie side by side. */
static void sum_grad_weight(int lanes, const int64_t *d, const float *x, const float *dy, int64_t row, float *sum)
{
    const int64_t run = d[CONV_GRAD_WEIGHT_run], taps_x = d[CONV_GRAD_WEIGHT_taps_x], outs = d[CONV_GRAD_WEIGHT_outs];
    const int64_t rows = d[CONV_GRAD_WEIGHT_rows], cols = d[CONV_GRAD_WEIGHT_cols];
    const float *tap = x + row / run / taps_x * d[CONV_GRAD_WEIGHT_x_tap_y] +
                       row / run % taps_x * d[CONV_GRAD_WEIGHT_x_tap_x] + row % run;
    double exact[MOST_OUTS], size[MOST_OUTS];
    ck_assert(outs <= MOST_OUTS);
    for (int64_t o = 0; o < outs; o++) {
        sum[o] = d[CONV_GRAD_WEIGHT_anew] ? 0 : sum[o];
        exact[o] = sum[o];
        size[o] = fabs(exact[o]);
    }
    for (int64_t pixel = 0; pixel < d[CONV_GRAD_WEIGHT_images] * rows * cols; pixel++) {
        const int64_t s = pixel / cols / rows, r = pixel / cols % rows, c = pixel % cols;
        const float *inputs = tap + s * d[CONV_GRAD_WEIGHT_x_image] + r * d[CONV_GRAD_WEIGHT_x_row] +
                              c * d[CONV_GRAD_WEIGHT_x_col];
        const float *gradient = dy + s * d[CONV_GRAD_WEIGHT_d_image] + r * d[CONV_GRAD_WEIGHT_d_row] +
                                c * d[CONV_GRAD_WEIGHT_d_col];
        for (int64_t first = 0; first < outs; first += d[CONV_GRAD_WEIGHT_group_outs]) {
            const float input = inputs[first / d[CONV_GRAD_WEIGHT_group_outs] * d[CONV_GRAD_WEIGHT_group_ins]];
            for (int64_t o = first; o < first + d[CONV_GRAD_WEIGHT_group_outs]; o++) {
                sum[o] = multiply_add(lanes, input, gradient[o], sum[o]);
                exact[o] += (double)input * gradient[o];
                size[o] += fabs((double)input * gradient[o]);
            }
        }
    }
    for (int64_t o = 0; o < outs; o++)
        near(sum[o], exact[o], size[o]);
}

static void conv_grad_weight(int lanes)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        int64_t d[MAX_DIMS];
        float *x = random_floats(random_grad_weight(d));
        if (shape % 3 == 0) { /* a linear layer: samples are columns */
            d[CONV_GRAD_WEIGHT_rows] = d[CONV_GRAD_WEIGHT_taps_y] = d[CONV_GRAD_WEIGHT_taps_x] = 1;
            d[CONV_GRAD_WEIGHT_images] = 1;
            d[CONV_GRAD_WEIGHT_run] = ONE_OF(1, 3, 9, 15, 27, 96);
            d[CONV_GRAD_WEIGHT_cols] = 1 + shape % 9;
            d[CONV_GRAD_WEIGHT_x_col] = d[CONV_GRAD_WEIGHT_run] + 1;
            d[CONV_GRAD_WEIGHT_group_outs] = d[CONV_GRAD_WEIGHT_outs];
            d[CONV_GRAD_WEIGHT_d_col] = d[CONV_GRAD_WEIGHT_outs];
            d[CONV_GRAD_WEIGHT_d_image] = d[CONV_GRAD_WEIGHT_d_row] +
                                          d[CONV_GRAD_WEIGHT_cols] * d[CONV_GRAD_WEIGHT_d_col];
            free(x);
            x = random_floats(d[CONV_GRAD_WEIGHT_cols] * d[CONV_GRAD_WEIGHT_x_col]);
        }
        const int64_t run = d[CONV_GRAD_WEIGHT_run], taps_x = d[CONV_GRAD_WEIGHT_taps_x];
        const int64_t floats = d[CONV_GRAD_WEIGHT_taps_y] * taps_x * run * d[CONV_GRAD_WEIGHT_w_row];
        const int64_t images = d[CONV_GRAD_WEIGHT_images];
        float *dy = random_floats(images * d[CONV_GRAD_WEIGHT_d_image] + d[CONV_GRAD_WEIGHT_outs]);
        float *before = random_floats(floats), *wanted = copy_of(before, (size_t)floats * sizeof *before),
              *g = malloc((size_t)floats * sizeof *g);
        for (int64_t row = 0; row < d[CONV_GRAD_WEIGHT_taps_y] * taps_x * run; row++)
            sum_grad_weight(lanes, d, x, dy, row, wanted + row * d[CONV_GRAD_WEIGHT_w_row]);
        check_tiles(FAMILY_CONV_GRAD_WEIGHT, lanes, d, (void *[]){x, dy, g}, 2, before, wanted, floats, NULL, 0);
        free(x), free(dy), free(before), free(wanted), free(g);
    }
}

static void grad_bias(int lanes)
{
    for (int shape = 0; shape < 60; shape++) {
        const int64_t rows = ONE_OF(1, 2, 5), cols = ONE_OF(1, 3, 8), outs = ONE_OF(16, 32, 48, 64, 80);
        const int64_t col = outs + 16, row = cols * col + 4;
        const int64_t d[] = {rows, cols, outs, row, col};
        float *dy = random_floats(rows * row), *g = random_floats(outs + 16);
        float *wanted = copy_of(g, (size_t)(outs + 16) * sizeof *g);
        for (int64_t o = 0; o < outs; o++)
            for (int64_t r = 0; r < rows; r++)
                for (int64_t c = 0; c < cols; c++)
                    wanted[o] += dy[r * row + c * col + o];
        call_prebuilt(FAMILY_GRAD_BIAS, d, 0, (void *[]){dy, g});
        assert_same_floats("grad_bias", lanes, 0, g, wanted, outs + 16);
        free(dy), free(g), free(wanted);
    }
}

START_TEST(test_conv)
{
    for_each_width(conv);
}
END_TEST

START_TEST(test_conv_pool)
{
    for_each_width(conv_pool);
}
END_TEST

START_TEST(test_conv_grad_weight)
{
    for_each_width(conv_grad_weight);
}
END_TEST

START_TEST(test_grad_bias)
{
    for_each_width(grad_bias);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels");
    TCase *core = tcase_create("core");
    tcase_set_timeout(core, 60);
    tcase_add_test(core, test_conv);
    tcase_add_test(core, test_conv_pool);
    tcase_add_test(core, test_conv_grad_weight);
    tcase_add_test(core, test_grad_bias);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
