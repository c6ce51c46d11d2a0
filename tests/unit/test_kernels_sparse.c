/* POOL_CONV_GRAD_WEIGHT and POOL_CONV_GRAD_INPUT, every tile of every width that the processor has: near their formulas
 * in float64, and equal to the bit to the sum in the promised order. */
#include "kernel_check.h"

enum { SHAPES = 150 / ONE_IN };

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
            for (int64_t row = 0; row < D(images) * D(rows); row++)
                for (int64_t c = 0; c < D(cols); c++) {
                    const int64_t image = row / D(rows), r = row % D(rows);
                    const int place = arg[image * D(arg_image) + r * D(arg_row) + c * D(arg_col) + o];
                    const float s = dy[image * D(dy_image) + r * D(dy_row) + c * D(dy_col) + o];
                    if (D(relu) && y[image * D(y_image) + r * D(y_row) + c * D(y_col) + o] <= 0)
                        continue;
                    const float *window = x + image * D(x_image) + (2 * r + place / 2) * D(x_row) +
                                          (2 * c + place % 2) * D(x_col);
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
    const int64_t more = D(images) - 1, gradients = more * D(dy_image) + D(rows) * D(dy_row);
    const int64_t places = more * D(arg_image) + D(rows) * D(arg_row);
    float *x = random_floats(inputs), *dy = random_floats(gradients + 16);
    float *y = random_floats(more * D(y_image) + D(rows) * D(y_row) + 16);
    unsigned char *arg = malloc((size_t)places);
    for (int64_t i = 0; i < places; i++)
        arg[i] = (unsigned char)(next_random() % 4);
    for (int64_t i = 0; i < gradients; i += shape % 2 ? 3 : 1000) /* gradients of 0 */
        dy[i] = 0;
    for (int64_t i = inputs - 15; i < inputs; i++) /* beyond a run x may hold anything */
        x[i] = NAN;
    if (shape % 10 == 9)
        x[inputs / 2] = INFINITY;
    for (int64_t row = 0; row < D(images) * D(rows); row++) /* the outputs' padding has no gradient */
        for (int64_t c = 0; c < D(cols); c++)
            for (int64_t o = outs; o < padded; o++)
                dy[row / D(rows) * D(dy_image) + row % D(rows) * D(dy_row) + c * D(dy_col) + o] = 0;

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
    const int64_t wide[] = {3, 600, 3, 3, 9, 1202 * 3, 3, 1202 * 3, 48, 16, 9600, 16, 9600, 16, 9600, 16, 1, 1, 1, 0,
                            0, 0, 0};
    check_shape(lanes, 0, wide, 8 * 1202 * 3 + 15);
    const int64_t tall[] = {70, 9, 2, 5, 80, 22 * 16, 16, 22 * 16, 400, 80, 9 * 16, 16, 9 * 16, 16, 9 * 16, 16, 1, 0, 1,
                            0, 0, 0, 0};
    check_shape(lanes, 1, tall, 144 * 22 * 16 + 15);
}

#define I(name) d[POOL_CONV_GRAD_INPUT_##name]

typedef struct InputSums {
    float *dx;
    double *exact, *size;
} InputSums;

/* What output o of pooled pixel (r, c) adds through row `a` of its window, where its largest was at `place`. */
static void add_input(int lanes, const int64_t *d, const float *dy, const float *y, const unsigned char *arg,
                      const float *w, int64_t a, int64_t r, int64_t c, int place, int64_t o, InputSums sums)
{
    if (arg[r * I(arg_row) + c * I(arg_col) + o] != place || (I(relu) && y[r * I(y_row) + c * I(y_col) + o] <= 0))
        return;
    const float s = dy[r * I(dy_row) + c * I(dy_col) + o];
    for (int64_t j = 0; j < I(run); j++) {
        const int64_t to = (2 * r + place / 2) * I(dx_row) + (2 * c + place % 2) * I(dx_col) + a * I(dx_tap_y) + j;
        const float weight = w[o * I(w_out) + a * I(w_tap_y) + j];
        sums.dx[to] = multiply_add(lanes, s, weight, sums.dx[to]);
        sums.exact[to] += (double)s * weight;
        sums.size[to] += fabs((double)s * weight);
    }
}

/* The formula, in its order: blocks of 64 pixels and 32 outputs. */
static void add_inputs(int lanes, const int64_t *d, const float *dy, const float *y, const unsigned char *arg,
                       const float *w, InputSums sums)
{
    const int64_t block = I(cols) < 64 ? 64 / I(cols) : 1;
    for (int64_t top = 0; top < I(rows); top += block)
        for (int64_t left = 0; left < I(cols); left += 64)
            for (int64_t part = 0; part < I(outs); part += 32)
                for (int64_t a = 0; a < I(taps_y); a++)
                    for (int64_t r = top; r < top + block && r < I(rows); r++)
                        for (int64_t c = left; c < left + 64 && c < I(cols); c++)
                            for (int place = 0; place < 4; place++)
                                for (int64_t o = part; o < part + 32 && o < I(outs); o++)
                                    add_input(lanes, d, dy, y, arg, w, a, r, c, place, o, sums);
}

static void check_input(int lanes, const int64_t *d, int64_t floats)
{
    const int64_t outputs = I(rows) * I(dy_row), values = I(rows) * I(y_row), places = I(rows) * I(arg_row);
    float *dy = random_floats(outputs), *y = random_floats(values), *w = random_floats(I(outs) * I(w_out));
    float *before = random_floats(floats), *got = malloc((size_t)floats * 4);
    unsigned char *arg = malloc((size_t)places);
    for (int64_t i = 0; i < places; i++)
        arg[i] = (unsigned char)(next_random() % 4);
    InputSums sums = {calloc((size_t)floats, 4), calloc((size_t)floats, 8), calloc((size_t)floats, 8)};
    add_inputs(lanes, d, dy, y, arg, w, sums);
    for (int64_t i = 0; i < floats; i++) {
        const int64_t r = i / I(dx_row) - I(top), j = i % I(dx_row) - I(left);
        if (i % I(dx_row) >= I(all_floats))
            sums.dx[i] = before[i];
        else if (r < 0 || r >= I(in_rows) || j < 0 || j >= I(in_floats))
            sums.dx[i] = 0;
        else
            ck_assert(fabs((double)sums.dx[i] - sums.exact[i]) <= 1e-6 * sums.size[i] + 1e-7);
    }
    const Family family = FAMILY_POOL_CONV_GRAD_INPUT;
    const Width width = lanes == 16 ? WIDTH_16 : lanes == 8 ? WIDTH_8 : WIDTH_4;
    ck_assert(tile_fits(family, chosen_tile(family, width, d), lanes, d));
    int count;
    const Tile *tiles = tiles_of(family, width, &count);
    for (int i = 0; i < count; i++) {
        if (!tile_fits(family, tiles[i], lanes, d))
            continue;
        const int code = tiles[i].rows * 100 + tiles[i].cols * 10 + tiles[i].vecs;
        memcpy(got, before, (size_t)floats * 4);
        call_prebuilt(family, d, code, (void *[]){dy, I(relu) ? y : NULL, arg, w, got});
        assert_same_floats("sparse input gradient", lanes, code, got, sums.dx, floats);
    }
    free(dy), free(y), free(w), free(before), free(got), free(arg);
    free(sums.dx), free(sums.exact), free(sums.size);
}

static void inputs(int lanes)
{
    for (int shape = 0; shape < SHAPES; shape++) {
        int64_t d[MAX_DIMS];
        const int64_t floats = random_sparse_input(d);
        check_input(lanes, d, floats);
    }
    /* Rows longer than a block, and several blocks of rows. */
    const int64_t wide[] = {2, 150, 3, 3, 48, 302 * 16, 16, 302 * 16, 144, 48, 2400, 16, 2400, 16, 2400, 16, 1, 6,
                            302 * 16, 1, 16, 4, 300 * 16};
    check_input(lanes, wide, 6 * 302 * 16);
    const int64_t tall[] = {20, 9, 40, 2, 32, 19 * 16, 16, 19 * 16, 64, 32, 9 * 48, 48, 9 * 48, 48, 9 * 48, 48, 0, 41,
                            19 * 16, 0, 0, 41, 19 * 16};
    check_input(lanes, tall, 41 * 19 * 16);
}

START_TEST(test_inputs)
{
    for_each_width(inputs);
}
END_TEST

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
    tcase_add_test(core, test_inputs);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
