/* Losses and their gradients beside PyTorch's. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "loss_fixture.h"
#include "suite.h"

enum { STRIDE = 16, EXPECTATIONS = sizeof expectations / sizeof expectations[0] };

static const struct nc_loss plain = {.ignore_index = -100};

static void draw(float *to, int stride, unsigned seed, int shares)
{
    struct nc_random r;
    nc_random_seed(&r, seed);
    for (int n = 0; n < ROWS; n++)
        for (int c = 0; c < COLUMNS; c++) {
            float x = nc_random_uniform(&r, -8, 8);
            to[n * stride + c] = shares ? (x + 8) / 16 : x;
        }
}

static void draw_targets(float *t, const float *x, int shares)
{
    draw(t, COLUMNS, 3, shares);
    t[0] = shares ? fminf(fmaxf(x[0], 0), 1) : x[0];
    t[COLUMNS + 1] = 0;
    t[2 * COLUMNS + 2] = 1;
}

static void compare(const struct nc_microbatch *mb, const struct expectation *e, const float *gradient)
{
    ck_assert_msg(fabs(mb->loss - e->loss) <= 2e-6 * fabs(e->loss), "%s %d: loss %.9g, not %.9g", e->name,
                  (int)(e - expectations), mb->loss, e->loss);
    for (int n = 0; n < ROWS; n++)
        for (int c = 0; c < STRIDE; c++) {
            float want = 0, have = gradient[n * STRIDE + c];
            if (c < COLUMNS)
                memcpy(&want, &e->gradient[n * COLUMNS + c], sizeof want);
            ck_assert_msg(fabsf(have - want) <= 4e-6f * fabsf(want) + 2e-8f, "%s %d: [%d][%d] %.9g, not %.9g", e->name,
                          (int)(e - expectations), n, c, (double)have, (double)want);
        }
}

START_TEST(torch)
{
    const struct expectation *e = &expectations[_i];
    float x[ROWS * STRIDE], t[ROWS * COLUMNS], gradient[ROWS * STRIDE];
    memset(gradient, 0x7f, sizeof gradient); /* the padding must be cleared */
    draw(x, STRIDE, 2, e->shares);
    draw_targets(t, x, e->targets == SHARES);
    struct nc_model model = {.loss = &e->settings};
    long long judged;
    double divisor = nc_loss_divisor(&model, e->targets == LABELS ? labels : NULL, ROWS, &judged);
    struct nc_microbatch mb = {.count = ROWS, .target = e->targets == LABELS ? (const void *)labels : t,
                         .probabilities = e->targets != LABELS, /* of classes; other losses do not look at it */
                         .scale = e->settings.reduction == NC_SUM ? 1 : 1 / (float)divisor};
    e->function(&mb, &e->settings, x, STRIDE, COLUMNS, gradient);
    compare(&mb, e, gradient);

    struct nc_microbatch test = mb; /* the same without a gradient */
    test.loss = 0;
    test.correct = 0;
    e->function(&test, &e->settings, x, STRIDE, COLUMNS, NULL);
    ck_assert(test.loss == mb.loss && test.correct == mb.correct);
}
END_TEST

/* As many samples, or one with as many places that each have a class, its classes first: the same to the bit. */
START_TEST(places)
{
    const struct expectation *e = &expectations[_i];
    if (e->function != nc_cross_entropy && e->function != nc_nll)
        return;
    float x[ROWS * COLUMNS], t[ROWS * COLUMNS], gradient[ROWS * COLUMNS];
    float turned[ROWS * COLUMNS], turned_t[ROWS * COLUMNS], turned_gradient[ROWS * COLUMNS];
    struct nc_loss loss = e->settings;
    draw(x, COLUMNS, 2, 0);
    draw_targets(t, x, 1);
    for (int i = 0; i < ROWS * COLUMNS; i++) {
        turned[i] = x[i % ROWS * COLUMNS + i / ROWS];
        turned_t[i] = t[i % ROWS * COLUMNS + i / ROWS];
    }
    struct nc_microbatch mb = {.count = ROWS, .target = e->targets == LABELS ? (const void *)labels : t,
                         .probabilities = e->targets != LABELS, .scale = 0.3f};
    struct nc_microbatch one = mb;
    one.count = 1;
    one.target = e->targets == LABELS ? (const void *)labels : turned_t;
    e->function(&mb, &loss, x, COLUMNS, COLUMNS, gradient);
    loss.places = ROWS;
    e->function(&one, &loss, turned, ROWS * COLUMNS, ROWS * COLUMNS, turned_gradient);
    ck_assert(one.loss == mb.loss && one.correct == mb.correct);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        ck_assert(memcmp(&turned_gradient[i], &gradient[i % ROWS * COLUMNS + i / ROWS], sizeof *gradient) == 0);
}
END_TEST

/* More places than are looked at together, and what of them is ignored. */
START_TEST(many_places)
{
    enum { PLACES = 150, CLASSES = 3, MOST = PLACES * CLASSES };
    float x[MOST], gradient[MOST], one[CLASSES], one_gradient[CLASSES];
    int label[PLACES];
    const struct nc_loss loss = {.ignore_index = 255, .places = PLACES};
    struct nc_microbatch mb = {.count = 1, .target = label, .scale = 1};
    double sum = 0;
    for (int i = 0; i < MOST; i++)
        x[i] = (float)(i * 37 % 101) / 16;
    for (int i = 0; i < PLACES; i++)
        label[i] = i % 7 == 0 ? 255 : i % CLASSES;
    nc_cross_entropy(&mb, &loss, x, MOST, MOST, gradient);
    for (int i = 0; i < PLACES; i++) {
        struct nc_microbatch single = {.count = 1, .target = &label[i], .scale = 1};
        for (int c = 0; c < CLASSES; c++)
            one[c] = x[c * PLACES + i];
        nc_cross_entropy(&single, &(struct nc_loss){.ignore_index = 255}, one, CLASSES, CLASSES, one_gradient);
        sum += single.loss;
        for (int c = 0; c < CLASSES; c++)
            ck_assert(gradient[c * PLACES + i] == one_gradient[c] && (label[i] != 255 || one_gradient[c] == 0));
    }
    ck_assert(sum == mb.loss);
}
END_TEST

START_TEST(first_of_equals)
{
    const float x[] = {0, 2, 2, 1, 5, 5, 0, 5};
    const int wanted[] = {1, 1};
    struct nc_microbatch mb = {.count = 2, .target = wanted, .scale = 1};
    nc_cross_entropy(&mb, &plain, x, 4, 4, NULL);
    ck_assert_int_eq(mb.correct, 1);
}
END_TEST

/* Logits so large that their exponentials would overflow: the one that is not the largest by 1000 costs 1000. */
START_TEST(large)
{
    const float x[] = {4000, 3000, -8000, 0};
    const int wanted[] = {1};
    float gradient[4];
    struct nc_microbatch mb = {.count = 1, .target = wanted, .scale = 1};
    nc_cross_entropy(&mb, &plain, x, 4, 4, gradient);
    ck_assert(mb.loss == 1000 && gradient[0] == 1 && gradient[1] == -1 && gradient[2] == 0 && gradient[3] == 0);
}
END_TEST

START_TEST(not_finite)
{
    const float x[] = {0, INFINITY, 1, NAN, 0, 0};
    const int wanted[] = {0, 1};
    struct nc_microbatch mb = {.count = 2, .target = wanted, .scale = 1};
    nc_cross_entropy(&mb, &plain, x, 3, 3, NULL);
    ck_assert(!isfinite(mb.loss));
}
END_TEST

/* A probability that is none: torch raises an error, and here the loss says so. */
START_TEST(no_probability)
{
    const float x[] = {0.5f, 1.5f}, t[] = {0, 1};
    struct nc_microbatch mb = {.count = 1, .target = t, .scale = 1};
    nc_bce(&mb, &(struct nc_loss){0}, x, 2, 2, NULL);
    ck_assert(isnan(mb.loss));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loss");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, torch, 0, EXPECTATIONS);
    tcase_add_loop_test(core, places, 0, EXPECTATIONS);
    tcase_add_test(core, many_places);
    tcase_add_test(core, first_of_equals);
    tcase_add_test(core, large);
    tcase_add_test(core, not_finite);
    tcase_add_test(core, no_probability);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
