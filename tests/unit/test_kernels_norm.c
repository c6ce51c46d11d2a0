/* The kernels of norms, against their formulas, to the bit. */
#include "kernel_check.h"

/* Two sums over an image's pixels, in the order that the kernels promise. */
typedef struct Sums {
    float a, b;
} Sums;

typedef struct Image {
    const int64_t *d; /* rows, cols, channels */
    const float *dy, *x, *stats;
    int64_t dy_row, dy_col, x_row, x_col, stats_row;
    const int64_t *act;
} Image;

/* dy at a pixel, through the activation. */
static float through(int lanes, const Image *i, int64_t r, int64_t c, int64_t k)
{
    const float dy = i->dy[r * i->dy_row + c * i->dy_col + k], x = i->x[r * i->x_row + c * i->x_col + k];
    return activated_by_grad(
        i->act, dy, multiply_add(lanes, x, i->stats[2 * i->stats_row + k], i->stats[3 * i->stats_row + k]));
}

/* Of x - p and its square; or, where there is a dy, of that and its product with x - mean. */
static Sums sum_pixels(int lanes, const Image *i, int64_t k)
{
    const float p = i->dy ? i->stats[k] : i->x[i->d[0] / 2 * i->x_row + i->d[1] / 2 * i->x_col + k];
    Sums all = {0};
    for (int64_t r = 0; r < i->d[0]; r++) {
        Sums row = {0};
        for (int64_t first = 0; first < i->d[1]; first += 64) {
            Sums stretch = {0};
            for (int64_t c = first; c < first + 64 && c < i->d[1]; c++) {
                const float apart = i->x[r * i->x_row + c * i->x_col + k] - p;
                const float factor = i->dy ? through(lanes, i, r, c, k) : apart;
                stretch.a += factor;
                stretch.b = multiply_add(lanes, factor, apart, stretch.b);
            }
            row.a += stretch.a;
            row.b += stretch.b;
        }
        all.a += row.a;
        all.b += row.b;
    }
    return all;
}

static void norms(int lanes)
{
    for (int shape = 0; shape < 60; shape++) {
        const int64_t rows = ONE_OF(1, 1, 2, 3, 7), cols = ONE_OF(1, 2, 5, 63, 64, 65, 130),
                      channels = ONE_OF(16, 32, 80), x_col = channels + ONE_OF(0, 16),
                      x_row = cols * x_col + ONE_OF(0, 16), dy_col = channels + ONE_OF(0, 16),
                      dy_row = cols * dy_col + ONE_OF(0, 16), table = channels + ONE_OF(0, 16);
        int64_t f[3];
        random_act(f);
        const int64_t moments[] = {rows, cols, channels, x_row, x_col, table};
        const int64_t has_b = shape % 2; /* dy is added */
        const int64_t norm[] = {rows, cols, channels, x_row, x_col, table, dy_row, dy_col, dy_row, dy_col,
                                f[0], f[1], f[2], has_b};
        const int64_t product_dims[] = {rows, cols, channels, x_row, x_col, dy_row, dy_col};
        const int64_t sums[] = {rows, cols, channels, dy_row, dy_col, x_row, x_col, table, table, f[0], f[1], f[2]};
        const int64_t grad[] = {rows, cols, channels, dy_row, dy_col, x_row, x_col, table, table, dy_row, dy_col,
                                f[0], f[1], f[2]};
        float *x = random_floats(rows * x_row), *dy = random_floats(rows * dy_row), *stats = random_floats(4 * table);
        float *d = random_floats(2 * table), *y = random_floats(rows * dy_row), *dx = random_floats(rows * dy_row);
        float *m = random_floats(3 * table), *s = random_floats(2 * table);
        const size_t bytes = (size_t)(rows * dy_row) * 4;
        float *wanted_y = copy_of(y, bytes), *wanted_dx = copy_of(dx, bytes);
        float *product = copy_of(y, bytes), *wanted_product = copy_of(y, bytes);
        float *wanted_m = copy_of(m, (size_t)table * 12), *wanted_s = copy_of(s, (size_t)table * 8);
        const Image forward = {moments, NULL, x, stats, 0, 0, x_row, x_col, table, NULL};
        const Image backward = {moments, dy, x, stats, dy_row, dy_col, x_row, x_col, table, f};
        for (int64_t k = 0; k < channels; k++) {
            const Sums of_x = sum_pixels(lanes, &forward, k), of_dy = sum_pixels(lanes, &backward, k);
            wanted_m[k] = x[rows / 2 * x_row + cols / 2 * x_col + k];
            wanted_m[table + k] = of_x.a;
            wanted_m[2 * table + k] = of_x.b;
            wanted_s[k] = of_dy.a;
            wanted_s[table + k] = of_dy.b * stats[table + k];
        }
        for (int64_t i = 0; i < rows * cols * channels; i++) {
            const int64_t r = i / channels / cols, c = i / channels % cols, k = i % channels;
            const float a = x[r * x_row + c * x_col + k], factor = stats[2 * table + k];
            const float b = dy[r * dy_row + c * dy_col + k];
            const float normal = multiply_add(lanes, a, factor, stats[3 * table + k]);
            const float rest = multiply_add(lanes, d[k], a - stats[k], d[table + k]);
            wanted_y[r * dy_row + c * dy_col + k] = activated_by(f, has_b ? normal + b : normal);
            wanted_product[r * dy_row + c * dy_col + k] = a * d[k];
            const float gradient = through(lanes, &backward, r, c, k);
            wanted_dx[r * dy_row + c * dy_col + k] = multiply_add(lanes, factor, gradient, rest);
        }
        call_prebuilt(FAMILY_MOMENTS, moments, 0, (void *[]){x, m});
        call_prebuilt(FAMILY_NORM, norm, 0, (void *[]){x, stats, has_b ? dy : NULL, y});
        call_prebuilt(FAMILY_SCALE_CHANNELS, product_dims, 0, (void *[]){x, d, product});
        call_prebuilt(FAMILY_NORM_SUMS, sums, 0, (void *[]){dy, x, stats, s});
        call_prebuilt(FAMILY_NORM_GRAD, grad, 0, (void *[]){dy, x, stats, d, dx});
        assert_same_floats("moments", lanes, 0, m, wanted_m, 3 * table);
        assert_same_floats("norm", lanes, 0, y, wanted_y, rows * dy_row);
        assert_same_floats("scale_channels", lanes, 0, product, wanted_product, rows * dy_row);
        assert_same_floats("norm_sums", lanes, 0, s, wanted_s, 2 * table);
        assert_same_floats("norm_grad", lanes, 0, dx, wanted_dx, rows * dy_row);
        free(x), free(dy), free(stats), free(d), free(y), free(dx), free(m), free(s);
        free(wanted_y), free(wanted_dx), free(wanted_m), free(wanted_s);
        free(product), free(wanted_product);
    }
}

START_TEST(kernels_of_norms)
{
    for_each_width(norms);
}
END_TEST

static void elements(int lanes)
{
    for (int shape = 0; shape < 40; shape++) {
        const int64_t rows = ONE_OF(1, 2, 5), length = ONE_OF(16, 48, 80), far = length + ONE_OF(0, 16);
        const int64_t has = shape % 2;
        const int64_t scale[] = {rows, length, far, length, far, has}, grad[] = {rows, length, far, far, length, has};
        const size_t bytes = (size_t)(rows * far) * 4;
        float *x = random_floats(rows * far), *w = random_floats(rows * far), *b = random_floats(rows * far);
        float *y = random_floats(rows * far), *g = random_floats(rows * far);
        float *wanted_y = copy_of(y, bytes), *wanted_g = copy_of(g, bytes);
        for (int64_t i = 0; i < rows * length; i++) {
            const int64_t at = i / length * far + i % length;
            wanted_y[at] = has ? multiply_add(lanes, x[at], w[i], b[i]) : x[at] * w[i];
            wanted_g[i] = has ? multiply_add(lanes, x[at], b[at], g[i]) : g[i] + x[at];
        }
        call_prebuilt(FAMILY_SCALE, scale, 0, (void *[]){x, w, has ? b : NULL, y});
        call_prebuilt(FAMILY_SCALE_GRAD, grad, 0, (void *[]){x, has ? b : NULL, g});
        assert_same_floats("scale", lanes, 0, y, wanted_y, rows * far);
        assert_same_floats("scale_grad", lanes, 0, g, wanted_g, rows * far);
        free(x), free(w), free(b), free(y), free(g), free(wanted_y), free(wanted_g);
    }
}

START_TEST(kernels_of_elements)
{
    for_each_width(elements);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_norm");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, kernels_of_norms);
    tcase_add_test(tests, kernels_of_elements);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
