/* Losses and their gradients beside PyTorch's. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "core_fixture.h"

enum { ROWS = 6, COLUMNS = 10, STRIDE = 16 };

static const int labels[ROWS] = {3, 0, 9, 5, 5, 1};

static void draw(float *to, int stride, unsigned seed, float factor)
{
    struct nc_random r;
    nc_random_seed(&r, seed);
    for (int n = 0; n < ROWS; n++)
        for (int c = 0; c < COLUMNS; c++)
            to[n * stride + c] = nc_random_uniform(&r, -8, 8) * factor;
}

static void compare(const struct nc_group *g, double loss, const float *gradient, const unsigned *expected)
{
    ck_assert_msg(fabs(g->loss - loss) <= 1e-6 * fabs(loss), "loss %.9g, not %.9g", g->loss, loss);
    for (int n = 0; n < ROWS; n++)
        for (int c = 0; c < STRIDE; c++) {
            float want = 0, have = gradient[n * STRIDE + c];
            if (c < COLUMNS)
                memcpy(&want, &expected[n * COLUMNS + c], sizeof want);
            ck_assert_msg(fabsf(have - want) <= 1e-6f * fabsf(want) + 2e-8f, "[%d][%d] %.9g, not %.9g", n, c,
                          (double)have, (double)want);
        }
}

START_TEST(cross_entropy)
{
    float x[ROWS * STRIDE], gradient[ROWS * STRIDE];
    memset(gradient, 0x7f, sizeof gradient); /* the padding must be cleared */
    draw(x, STRIDE, 2, _i == 3 ? 1000 : 1);
    struct nc_group g = {.count = ROWS, .target = labels, .scale = _i == 2 ? 1 : 1.0f / ROWS};
    nc_cross_entropy(&g, x, STRIDE, COLUMNS, _i == 1 ? 0.1 : 0, gradient);
    const double losses[] = {entropy_loss, smoothed_loss, entropy_sum_loss, large_loss};
    const unsigned *gradients[] = {entropy_gradient, smoothed_gradient, entropy_sum_gradient, large_gradient};
    compare(&g, losses[_i], gradient, gradients[_i]);

    struct nc_group test = g; /* the same without a gradient */
    test.loss = 0;
    test.correct = 0;
    nc_cross_entropy(&test, x, STRIDE, COLUMNS, _i == 1 ? 0.1 : 0, NULL);
    ck_assert(test.loss == g.loss && test.correct == g.correct);
}
END_TEST

START_TEST(first_of_equals)
{
    const float x[] = {0, 2, 2, 1, 5, 5, 0, 5};
    const int wanted[] = {1, 1};
    struct nc_group g = {.count = 2, .target = wanted, .scale = 1};
    nc_cross_entropy(&g, x, 4, 4, 0, NULL);
    ck_assert_int_eq(g.correct, 1);
}
END_TEST

START_TEST(not_finite)
{
    const float x[] = {0, INFINITY, 1, NAN, 0, 0};
    const int wanted[] = {0, 1};
    struct nc_group g = {.count = 2, .target = wanted, .scale = 1};
    nc_cross_entropy(&g, x, 3, 3, 0, NULL);
    ck_assert(!isfinite(g.loss));
}
END_TEST

START_TEST(mse)
{
    float x[ROWS * STRIDE], targets[ROWS * COLUMNS], gradient[ROWS * STRIDE];
    draw(x, STRIDE, 2, 1);
    draw(targets, COLUMNS, 3, 1);
    struct nc_group g = {.count = ROWS, .target = targets, .scale = _i == 1 ? 1 : 1.0f / ROWS};
    nc_mse(&g, x, STRIDE, COLUMNS, _i == 1, gradient);
    compare(&g, _i == 1 ? mse_sum_loss : mse_loss, gradient, _i == 1 ? mse_sum_gradient : mse_gradient);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loss");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, cross_entropy, 0, 4);
    tcase_add_test(core, first_of_equals);
    tcase_add_test(core, not_finite);
    tcase_add_loop_test(core, mse, 0, 2);
    suite_add_tcase(suite, core);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
