/* DEPTHWISE and DEPTHWISE_GRAD_WEIGHT, every tile of every width that the processor has: near their formulas in
 * float64, and equal to the bit to the sum in the promised order. */
#include "kernel_check.h"

enum { SHAPES = 150 / ONE_IN };

static void near(float got, double exact, double size)
{
    if (fabs((double)got - exact) > 1e-6 * size + 1e-7)
        ck_abort_msg("a sum is %.9g, not %.9g", (double)got, exact);
}

/* Every tile that fits: operand `out` is the result, restored from `before` each time. */
static void check_tiles(Family family, int lanes, const int64_t *d, void **operand, int out, const float *before,
                        const float *wanted, int64_t floats)
{
    const Width width = lanes == 16 ? WIDTH_16 : lanes == 8 ? WIDTH_8 : WIDTH_4;
    ck_assert(tile_fits(family, chosen_tile(family, width, d), lanes, d));
    int count;
    const Tile *tiles = tiles_of(family, width, &count);
    for (int i = 0; i < count; i++) {
        if (!tile_fits(family, tiles[i], lanes, d))
            continue;
        const int code = tiles[i].rows * 100 + tiles[i].cols * 10 + tiles[i].vecs;
        memcpy(operand[out], before, (size_t)floats * sizeof *before);
        call_prebuilt(family, d, code, operand);
        assert_same_floats(family_info(family)->name, lanes, code, operand[out], wanted, floats);
    }
}

/* A random DEPTHWISE; `turned`: the weights are read from their last tap, which is `first` floats from their start. */
static int64_t random_forward(int64_t *d, int turned, int64_t *first)
{
    int64_t g[MAX_DIMS];
    const int64_t inputs = random_depthwise(g);
    static const int same[] = {DEPTHWISE_GRAD_WEIGHT_rows, DEPTHWISE_GRAD_WEIGHT_cols, DEPTHWISE_GRAD_WEIGHT_channels,
                               DEPTHWISE_GRAD_WEIGHT_taps_y, DEPTHWISE_GRAD_WEIGHT_taps_x, DEPTHWISE_GRAD_WEIGHT_x_row,
                               DEPTHWISE_GRAD_WEIGHT_x_col, DEPTHWISE_GRAD_WEIGHT_x_tap_y,
                               DEPTHWISE_GRAD_WEIGHT_x_tap_x, DEPTHWISE_GRAD_WEIGHT_g_tap_y,
                               DEPTHWISE_GRAD_WEIGHT_g_tap_x, DEPTHWISE_GRAD_WEIGHT_d_row, DEPTHWISE_GRAD_WEIGHT_d_col};
    for (int i = 0; i < DEPTHWISE_GRAD_WEIGHT_DIM_COUNT; i++)
        d[i] = g[same[i]];
    *first = 0;
    if (turned) {
        *first = (d[DEPTHWISE_taps_y] - 1) * d[DEPTHWISE_w_tap_y] + (d[DEPTHWISE_taps_x] - 1) * d[DEPTHWISE_w_tap_x];
        d[DEPTHWISE_w_tap_y] = -d[DEPTHWISE_w_tap_y];
        d[DEPTHWISE_w_tap_x] = -d[DEPTHWISE_w_tap_x];
    }
    d[DEPTHWISE_has_bias] = next_random() % 2;
    random_act(d + DEPTHWISE_act);
    d[DEPTHWISE_norm_row] = ONE_OF(0, 0, 64, 80);
    return inputs;
}

static void forward(int lanes)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        int64_t d[MAX_DIMS], first;
        float *x = random_floats(random_forward(d, shape % 2, &first));
        const int64_t floats = d[DEPTHWISE_rows] * d[DEPTHWISE_y_row];
        float *w = random_floats(d[DEPTHWISE_taps_y] * d[DEPTHWISE_taps_x] * 80), *bias = random_floats(3 * 80 + 64);
        float *before = random_floats(floats), *wanted = copy_of(before, (size_t)floats * 4);
        float *y = random_floats(floats);
        for (int64_t r = 0; r < d[DEPTHWISE_rows]; r++)
            for (int64_t c = 0; c < d[DEPTHWISE_cols]; c++)
                for (int64_t o = 0; o < d[DEPTHWISE_channels]; o++) {
                    double exact = 0, size = 0;
                    float sum = 0;
                    for (int64_t a = 0; a < d[DEPTHWISE_taps_y]; a++)
                        for (int64_t b = 0; b < d[DEPTHWISE_taps_x]; b++) {
                            const float input = x[r * d[DEPTHWISE_x_row] + c * d[DEPTHWISE_x_col] +
                                                  a * d[DEPTHWISE_x_tap_y] + b * d[DEPTHWISE_x_tap_x] + o];
                            const float weight =
                                w[first + a * d[DEPTHWISE_w_tap_y] + b * d[DEPTHWISE_w_tap_x] + o];
                            sum = multiply_add(lanes, input, weight, sum);
                            exact += (double)input * weight;
                            size += fabs((double)input * weight);
                        }
                    near(sum, exact, size);
                    sum = finished(lanes, sum, bias, o, d[DEPTHWISE_has_bias], d[DEPTHWISE_norm_row]);
                    wanted[r * d[DEPTHWISE_y_row] + c * d[DEPTHWISE_y_col] + o] = activated_by(d + DEPTHWISE_act, sum);
                }
        check_tiles(FAMILY_DEPTHWISE, lanes, d, (void *[]){x, w + first, bias, y}, 3, before, wanted, floats);
        free(x), free(w), free(bias), free(before), free(wanted), free(y);
    }
}

#define D(name) d[DEPTHWISE_GRAD_WEIGHT_##name]

static void weight_gradient(int lanes)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        int64_t d[MAX_DIMS];
        float *x = random_floats(random_depthwise(d)), *dy = random_floats(D(rows) * D(d_row));
        const int64_t floats = D(taps_y) * D(g_tap_y);
        float *before = random_floats(floats), *wanted = copy_of(before, (size_t)floats * 4);
        float *g = random_floats(floats);
        for (int64_t a = 0; a < D(taps_y); a++)
            for (int64_t b = 0; b < D(taps_x); b++)
                for (int64_t o = 0; o < D(channels); o++) {
                    float *sum = &wanted[a * D(g_tap_y) + b * D(g_tap_x) + o];
                    double exact = *sum, size = fabs(exact);
                    for (int64_t r = 0; r < D(rows); r++)
                        for (int64_t c = 0; c < D(cols); c++) {
                            const float input = x[r * D(x_row) + c * D(x_col) + a * D(x_tap_y) + b * D(x_tap_x) + o];
                            const float gradient = dy[r * D(d_row) + c * D(d_col) + o];
                            *sum = multiply_add(lanes, input, gradient, *sum);
                            exact += (double)input * gradient;
                            size += fabs((double)input * gradient);
                        }
                    near(*sum, exact, size);
                }
        check_tiles(FAMILY_DEPTHWISE_GRAD_WEIGHT, lanes, d, (void *[]){x, dy, g}, 2, before, wanted, floats);
        free(x), free(dy), free(before), free(wanted), free(g);
    }
}

static void (*const tests[])(int lanes) = {forward, weight_gradient};

START_TEST(test_depthwise)
{
    for_each_width(tests[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_depthwise");
    TCase *core = tcase_create("core");
    tcase_set_timeout(core, 60);
    tcase_add_loop_test(core, test_depthwise, 0, sizeof tests / sizeof *tests);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
