/* The optimizers of torch.optim, to the bit; parts with settings of their own, clipped and accumulated gradients; and
 * the sum of the shards' gradients. */
#include <stdlib.h>
#include <string.h>

#include "step/optimizer.h"
#include "optimizer_fixture.h"
#include "suite.h"

enum { FLOATS = 45, BLOCK = 48, STEPS = 12 };

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

/* With some of the shards added up before, in each range another number. Returns whether the weights changed. */
static int update(struct nc_run *run, int shards)
{
    int folded[16];
    ck_assert_int_le(nc_update_tasks(run), 16);
    run->folded = folded;
    nc_fold_begin(run);
    for (int i = 0; i < nc_update_tasks(run); i++)
        nc_fold_task(run, i, (i + 3) % (shards + 1));
    nc_update_begin(run, shards, NULL);
    nc_pool_run(run->pool, nc_update_tasks(run), task, run);
    return nc_update_end(run);
}

/* A run over the parameters of `model`; `more` makes further statements. */
static struct nc_run make(const struct nc_model *model, float *weights, float *gradients, int threads)
{
    struct nc_run run = {.model = model, .weights = weights, .gradients = gradients, .accumulate = {1, 0}};
    run.train.batches = 1000;
    run.pool = nc_pool_start(NULL, threads);
    return run;
}

static void release(struct nc_run *run)
{
    nc_optimizer_free(run);
    nc_pool_stop(run->pool);
}

static void use(struct nc_run *run, const char *name, const double *v)
{
    if (strcmp(name, "SGD") == 0)
        nc_sgd(run, v[0], v[1], v[2], v[3], (int)v[4], (int)v[5]);
    else if (strcmp(name, "Adam") == 0)
        nc_adam(run, v[0], v[1], v[2], v[3], v[4], (int)v[5], (int)v[6], (int)v[7]);
    else if (strcmp(name, "AdamW") == 0)
        nc_adamw(run, v[0], v[1], v[2], v[3], v[4], (int)v[5], (int)v[6]);
    else if (strcmp(name, "NAdam") == 0)
        nc_nadam(run, v[0], v[1], v[2], v[3], v[4], v[5], (int)v[6], (int)v[7]);
    else if (strcmp(name, "RAdam") == 0)
        nc_radam(run, v[0], v[1], v[2], v[3], v[4], (int)v[5], (int)v[6]);
    else if (strcmp(name, "RMSprop") == 0)
        nc_rmsprop(run, v[0], v[1], v[2], v[3], v[4], (int)v[5], (int)v[6]);
    else if (strcmp(name, "Adagrad") == 0)
        nc_adagrad(run, v[0], v[1], v[2], v[3], v[4], (int)v[5]);
    else if (strcmp(name, "Adadelta") == 0)
        nc_adadelta(run, v[0], v[1], v[2], v[3], (int)v[4]);
    else
        nc_adamax(run, v[0], v[1], v[2], v[3], v[4], (int)v[5]);
    ck_assert_str_eq(run->optimizer->name, name);
}

static const struct nc_parameter parameters[] = {
    {.offset = 0, .floats = 30, .axis_count = 1, .axes = {{30, 1}}},
    {.offset = 30, .floats = 18, .axis_count = 1, .axes = {{15, 1}}},
};

START_TEST(as_torch)
{
    const struct nc_model model = {.block = BLOCK, .sharded = BLOCK, .parameters = parameters, .parameter_count = 2};
    float weights[BLOCK] = {0}, gradients[2 * BLOCK] = {0};
    struct nc_run run = make(&model, weights, gradients, 2);
    use(&run, optimizers[_i].name, optimizers[_i].value);
    nc_optimizer_prepare(&run);
    draw(weights, 1);
    for (int step = 0; step < STEPS; step++) {
        draw(gradients, 100 + (unsigned)step);
        ck_assert(update(&run, 2)); /* the second shard adds zeros */
    }
    release(&run);
    ck_assert_mem_eq(weights, optimizer_bits + _i * FLOATS, FLOATS * sizeof(float));
    for (int i = FLOATS; i < BLOCK; i++)
        ck_assert(weights[i] == 0); /* the padding */
}
END_TEST

/* Gradients in halves, as of two batches, and twice as large: one update has half of their sum. Their norm is summed in
 * another order than torch's, so the last bit may differ. */
START_TEST(clipped_and_accumulated)
{
    static const int second[] = {1};
    const struct nc_model model = {.block = BLOCK, .sharded = BLOCK, .parameters = parameters, .parameter_count = 2};
    float weights[BLOCK] = {0}, gradients[2 * BLOCK] = {0}, drawn[BLOCK] = {0};
    struct nc_run run = make(&model, weights, gradients, 2);
    int accumulate = _i + 1;
    nc_adam(&run, 0.02, 0.9, 0.999, 1e-8, 0.01, 0, 0, 0);
    nc_part(&run, "head", 1, second);
    nc_part_value(&run, "lr", 1, (const double[]){0.1});
    nc_part_value(&run, "betas", 2, (const double[]){0.5, 0.6});
    nc_clip_norm(&run, 10);
    nc_accumulate(&run, accumulate);
    nc_optimizer_prepare(&run);
    draw(weights, 1);
    for (int step = 0; step < STEPS; step++) {
        draw(drawn, 100 + (unsigned)step);
        for (int batch = 0; batch < accumulate; batch++) {
            for (int i = 0; i < FLOATS; i++)
                gradients[i] = drawn[i] * (float)(step + 1);
            ck_assert_int_eq(update(&run, 2), batch + 1 == accumulate);
            ck_assert_int_eq(run.accumulated, (batch + 1) % accumulate);
        }
    }
    release(&run);
    for (int i = 0; i < FLOATS; i++)
        ck_assert_float_eq_tol(weights[i], ((const float *)clipped_bits)[i], 2e-7f);
    for (int i = FLOATS; i < BLOCK; i++)
        ck_assert(weights[i] == 0);
}
END_TEST

START_TEST(clipped_elements)
{
    const struct nc_model model = {.block = BLOCK, .sharded = BLOCK, .parameters = parameters, .parameter_count = 2};
    float weights[BLOCK] = {0}, gradients[BLOCK] = {0}, drawn[BLOCK] = {0};
    struct nc_run run = make(&model, weights, gradients, 1);
    nc_sgd(&run, 1, 0, 0, 0, 0, 0);
    nc_clip_value(&run, 0.25);
    nc_optimizer_prepare(&run);
    draw(gradients, 1);
    draw(drawn, 1);
    ck_assert(update(&run, 1));
    release(&run);
    for (int i = 0; i < FLOATS; i++)
        ck_assert(-weights[i] == (drawn[i] > 0.25f ? 0.25f : drawn[i] < -0.25f ? -0.25f : drawn[i]));
}
END_TEST

enum { LARGE = 10000 }; /* several tasks, the last one partial */

START_TEST(shards_are_added_in_order)
{
    static float weights[LARGE], gradients[3 * LARGE], expected[LARGE];
    static const struct nc_parameter one = {.floats = LARGE, .axis_count = 1, .axes = {{LARGE, 1}}};
    const struct nc_model model = {.block = LARGE, .sharded = LARGE, .parameters = &one, .parameter_count = 1};
    struct nc_run run = make(&model, weights, gradients, 3);
    struct nc_random r;
    nc_random_seed(&r, 3);
    for (int i = 0; i < 3 * LARGE; i++)
        gradients[i] = nc_random_uniform(&r, -1, 1);
    for (int i = 0; i < LARGE; i++)
        expected[i] = -(gradients[i] + gradients[LARGE + i] + gradients[2 * LARGE + i]);
    nc_sgd(&run, 1, 0, 0, 0, 0, 0);
    nc_optimizer_prepare(&run);
    update(&run, 3);
    for (int i = 0; i < 3 * LARGE; i++)
        ck_assert(gradients[i] == 0); /* for the next step */
    release(&run);
    ck_assert_mem_eq(weights, expected, sizeof weights);
}
END_TEST

/* Parts of the block without shards learn from gradients made part by part, at once or when all are there: the same. */
START_TEST(parts_learn_at_once_or_later)
{
    static float weights[2][LARGE];
    static const struct nc_parameter one = {.floats = LARGE, .axis_count = 1, .axes = {{LARGE, 1}}};
    const struct nc_model model = {.block = LARGE, .sharded = 0, .parameters = &one, .parameter_count = 1};
    for (int kept = 0; kept < 2; kept++) {
        struct nc_run run = make(&model, weights[kept], NULL, 1);
        float *learned = calloc(LARGE, sizeof *learned);
        nc_adam(&run, 0.01, 0.9, 0.999, 1e-8, 0, 0, 0, 0);
        if (kept)
            nc_clip_norm(&run, 1e6); /* more than it is: nothing is clipped */
        nc_optimizer_prepare(&run);
        for (int step = 0; step < 3; step++) {
            nc_update_begin(&run, 1, NULL);
            for (int at = 0; at < LARGE; at += 2500) {
                struct nc_microbatch mb = {.update = &run.update, .learned = learned, .whole = run.whole};
                float *gradient = nc_gradient(&mb, at);
                for (int i = 0; i < 2500; i++)
                    gradient[i] = (float)((at + i) % 7 - 3) / (float)(step + 1);
                nc_learn(&mb, at, 2500);
            }
            ck_assert(nc_update_end(&run));
        }
        free(learned);
        release(&run);
    }
    ck_assert(weights[0][1] != 0);
    ck_assert_mem_eq(weights[0], weights[1], sizeof weights[0]);
}
END_TEST

/* What a layer keeps itself has no gradient, and must not decay. */
START_TEST(kept_parameters_stay)
{
    static const struct nc_parameter some[] = {
        {.offset = 0, .floats = 16, .axis_count = 1, .axes = {{16, 1}}},
        {.offset = 16, .floats = 16, .axis_count = 1, .axes = {{16, 1}}, .kind = NC_KEPT},
        {.offset = 32, .floats = 16, .axis_count = 1, .axes = {{16, 1}}},
    };
    const struct nc_model model = {.block = 48, .sharded = 48, .parameters = some, .parameter_count = 3};
    float weights[48], gradients[48] = {0};
    struct nc_run run = make(&model, weights, gradients, 1);
    for (int i = 0; i < 48; i++)
        weights[i] = 1;
    nc_adamw(&run, 0.1, 0.9, 0.999, 1e-8, 0.5, 0, 0);
    if (_i)
        nc_clip_norm(&run, 1);
    nc_optimizer_prepare(&run);
    ck_assert(update(&run, 1));
    release(&run);
    for (int i = 0; i < 48; i++)
        ck_assert(weights[i] == (i / 16 == 1 ? 1 : 1.0f * (float)(1 - 0.1 * 0.5)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("optimizer");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, as_torch, 0, (int)(sizeof optimizers / sizeof *optimizers));
    tcase_add_loop_test(core, clipped_and_accumulated, 0, 3);
    tcase_add_test(core, clipped_elements);
    tcase_add_test(core, shards_are_added_in_order);
    tcase_add_test(core, parts_learn_at_once_or_later);
    tcase_add_loop_test(core, kept_parameters_stay, 0, 2);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
