/* POOL_CONV_GRAD_WEIGHT, every tile of every width that the processor has: near its formula in float64, and equal to
 * the bit to the sum in the promised order. */
#include "kernel_check.h"

enum { SHAPES = 150 };

#define D(name) d[POOL_CONV_GRAD_WEIGHT_##name]

typedef struct Sums {
    float *g, *db;
} Sums;

/* One output by the formula. */
static void add_output(int lanes, const int64_t *d, const float *x, const float *dy, const float *y,
                       const unsigned char *arg, int64_t o, Sums sums)
{
    double bias = D(has_bias) ? sums.db[o] : 0, bias_size = fabs(bias);
    for (int64_t a = 0; a < D(taps_y); a++)
        for (int64_t j = 0; j < D(run); j++) {
            float *sum = &sums.g[o * D(g_out) + a * D(g_tap_y) + j];
            double exact = *sum, size = fabs(exact);
            for (int64_t r = 0; r < D(rows); r++)
                for (int64_t c = 0; c < D(cols); c++) {
                    const int place = arg[r * D(arg_row) + c * D(arg_col) + o];
                    const float s = dy[r * D(dy_row) + c * D(dy_col) + o];
                    if (D(relu) && y[r * D(y_row) + c * D(y_col) + o] <= 0)
                        continue;
                    const float *window = x + (2 * r + place / 2) * D(x_row) + (2 * c + place % 2) * D(x_col);
                    const float input = window[a * D(x_tap_y) + j];
                    *sum = multiply_add(lanes, s, input, *sum);
                    exact += (double)s * input;
                    size += fabs((double)s * input);
                    if (a == 0 && j == 0 && D(has_bias)) {
                        sums.db[o] += s;
                        bias += s, bias_size += fabs((double)s);
                    }
                }
            ck_assert(!isfinite(exact) || fabs((double)*sum - exact) <= 1e-6 * size + 1e-7);
        }
    ck_assert(!D(has_bias) || !isfinite(bias) || fabs((double)sums.db[o] - bias) <= 1e-6 * bias_size + 1e-7);
}

static void check_shape(int lanes, int shape, const int64_t *d, int64_t inputs)
{
    const int64_t outs = D(outs), padded = (outs + 15) / 16 * 16, weights = outs * D(g_out);
    float *x = random_floats(inputs), *dy = random_floats(D(rows) * D(dy_row) + 16);
    float *y = random_floats(D(rows) * D(y_row) + 16);
    unsigned char *arg = malloc((size_t)(D(rows) * D(arg_row)));
    for (int64_t i = 0; i < D(rows) * D(arg_row); i++)
        arg[i] = (unsigned char)(next_random() % 4);
    for (int64_t i = 0; i < D(rows) * D(dy_row); i += shape % 2 ? 3 : 1000) /* gradients of 0 */
        dy[i] = 0;
    for (int64_t i = inputs - 15; i < inputs; i++) /* beyond a run x may hold anything */
        x[i] = NAN;
    if (shape % 10 == 9)
        x[inputs / 2] = INFINITY;
    for (int64_t r = 0; r < D(rows); r++) /* the outputs' padding has no gradient */
        for (int64_t c = 0; c < D(cols); c++)
            for (int64_t o = outs; o < padded; o++)
                dy[r * D(dy_row) + c * D(dy_col) + o] = 0;

    Sums before = {random_floats(weights), random_floats(padded)};
    for (int64_t o = 0; o < outs; o++)
        for (int64_t a = 0; a < D(taps_y); a++)
            for (int64_t j = D(run); j < D(g_tap_y); j++)
                before.g[o * D(g_out) + a * D(g_tap_y) + j] = 0;
    Sums wanted = {copy_of(before.g, (size_t)weights * 4), copy_of(before.db, (size_t)padded * 4)};
    Sums got = {malloc((size_t)weights * 4), malloc((size_t)padded * 4)};
    for (int64_t o = 0; o < outs; o++)
        add_output(lanes, d, x, dy, y, arg, o, wanted);

    const Width width = lanes == 16 ? WIDTH_16 : lanes == 8 ? WIDTH_8 : WIDTH_4;
    ck_assert(tile_fits(FAMILY_POOL_CONV_GRAD_WEIGHT, chosen_tile(FAMILY_POOL_CONV_GRAD_WEIGHT, width, d), lanes, d));
    int count;
    const Tile *tiles = tiles_of(FAMILY_POOL_CONV_GRAD_WEIGHT, width, &count);
    for (int i = 0; i < count; i++) {
        if (!tile_fits(FAMILY_POOL_CONV_GRAD_WEIGHT, tiles[i], lanes, d))
            continue;
        const int code = tiles[i].rows * 100 + tiles[i].cols * 10 + tiles[i].vecs;
        memcpy(got.g, before.g, (size_t)weights * 4);
        memcpy(got.db, before.db, (size_t)padded * 4);
        call_prebuilt(FAMILY_POOL_CONV_GRAD_WEIGHT, d, code,
                      (void *[]){x, dy, D(relu) ? y : NULL, arg, got.g, D(has_bias) ? got.db : NULL});
        assert_same_floats("sparse weight gradient", lanes, code, got.g, wanted.g, weights);
        assert_same_floats("sparse bias gradient", lanes, code, got.db, wanted.db, padded);
    }
    free(x), free(dy), free(y), free(arg);
    free(before.g), free(before.db), free(wanted.g), free(wanted.db), free(got.g), free(got.db);
}

static void shapes(int lanes)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        int64_t d[MAX_DIMS];
        const int64_t inputs = random_sparse(d);
        check_shape(lanes, shape, d, inputs);
    }
}

/* Rows longer than the kernel's lists, and more rows than fit into one. */
static void large(int lanes)
{
    const int64_t wide[] = {3, 600, 3, 3, 9, 1202 * 3, 3, 1202 * 3, 48, 16, 9600, 16, 9600, 16, 9600, 16, 1, 1};
    check_shape(lanes, 0, wide, 8 * 1202 * 3 + 15);
    const int64_t tall[] = {70, 9, 2, 5, 80, 22 * 16, 16, 22 * 16, 400, 80, 9 * 16, 16, 9 * 16, 16, 9 * 16, 16, 1, 0};
    check_shape(lanes, 1, tall, 144 * 22 * 16 + 15);
}

START_TEST(test_shapes)
{
    for_each_width(shapes);
}
END_TEST

START_TEST(test_large)
{
    for_each_width(large);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_sparse");
    TCase *core = tcase_create("core");
    tcase_set_timeout(core, 60);
    tcase_add_test(core, test_shapes);
    tcase_add_test(core, test_large);
    suite_add_tcase(suite, core);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
