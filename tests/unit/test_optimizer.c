/* torch.optim.SGD, to the bit, and the sum of the slices' gradients. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "core_fixture.h"

enum { FLOATS = 45, BLOCK = 48, STEPS = 4 };

static void draw(float *to, unsigned seed)
{
    struct nc_random r;
    nc_random_seed(&r, seed);
    for (int i = 0; i < FLOATS; i++)
        to[i] = nc_random_uniform(&r, -1, 1);
}

static void task(void *run, int index, int thread)
{
    (void)thread;
    nc_update_task(run, index);
}

/* With some of the slices added up before, in each range another number. */
static void update(struct nc_run *run, int slices)
{
    int folded[16];
    ck_assert_int_le(nc_update_tasks(run), 16);
    run->folded = folded;
    nc_fold_begin(run);
    for (int i = 0; i < nc_update_tasks(run); i++)
        nc_fold_task(run, i, (i + 3) % (slices + 1));
    nc_update_begin(run, slices);
    nc_pool_run(run->pool, nc_update_tasks(run), task, run);
    nc_update_end(run);
}

/* The weights after STEPS steps with sgd_settings[setting]. */
static void train(int setting, int threads, float *weights)
{
    const struct nc_model model = {.block = BLOCK, .sliced = BLOCK};
    float gradients[2 * BLOCK] = {0}, buffer[BLOCK] = {0};
    struct nc_run run = {.model = &model, .weights = weights, .gradients = gradients};
    run.pool = nc_pool_start(NULL, threads);
    nc_sgd(&run, sgd_settings[setting].lr, sgd_settings[setting].momentum, sgd_settings[setting].dampening,
           sgd_settings[setting].weight_decay, sgd_settings[setting].nesterov);
    if (sgd_settings[setting].momentum != 0)
        run.sgd.buffer = buffer;
    draw(weights, 1);
    for (int step = 0; step < STEPS; step++) {
        draw(gradients, 100 + (unsigned)step);
        update(&run, 2); /* the second slice adds zeros */
    }
    nc_pool_stop(run.pool);
}

START_TEST(as_torch)
{
    float weights[BLOCK] = {0};
    train(_i, 2, weights);
    ck_assert_mem_eq(weights, sgd_bits + _i * FLOATS, FLOATS * sizeof(float));
    for (int i = FLOATS; i < BLOCK; i++)
        ck_assert(weights[i] == 0);
}
END_TEST

START_TEST(slices_are_added_in_order)
{
    enum { LARGE = 10000 }; /* several tasks, the last one partial */
    static float weights[LARGE], gradients[3 * LARGE], expected[LARGE];
    const struct nc_model model = {.block = LARGE, .sliced = LARGE};
    struct nc_run run = {.model = &model, .weights = weights, .gradients = gradients};
    struct nc_random r;
    nc_random_seed(&r, 3);
    for (int i = 0; i < 3 * LARGE; i++)
        gradients[i] = nc_random_uniform(&r, -1, 1);
    for (int i = 0; i < LARGE; i++)
        expected[i] = -(gradients[i] + gradients[LARGE + i] + gradients[2 * LARGE + i]);
    run.pool = nc_pool_start(NULL, 3);
    nc_sgd(&run, 1, 0, 0, 0, 0);
    update(&run, 3);
    for (int i = 0; i < 3 * LARGE; i++)
        ck_assert(gradients[i] == 0); /* for the next step */
    nc_pool_stop(run.pool);
    ck_assert_mem_eq(weights, expected, sizeof weights);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("optimizer");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, as_torch, 0, (int)(sizeof sgd_settings / sizeof *sgd_settings));
    tcase_add_test(core, slices_are_added_in_order);
    suite_add_tcase(suite, core);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
