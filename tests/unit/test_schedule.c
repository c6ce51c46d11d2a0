/* The schedulers of torch.optim.lr_scheduler: rates and momenta to the last bit of the double, and through a stop. */
#include <stdlib.h>
#include <string.h>

#include "step/schedule.h"
#include "suite.h"

static double kept[2048];
static size_t kept_count;

/* A list that outlives the function that makes a scheduler, as main's do in a trainer. */
static const double *keep(const double *list, size_t bytes)
{
    double *to = kept + kept_count;
    kept_count += bytes / sizeof *list;
    ck_assert_uint_le(kept_count, sizeof kept / sizeof *kept);
    return memcpy(to, list, bytes);
}

#include "schedule_fixture.h"

static const struct nc_parameter parameters[] = {
    {.offset = 0, .floats = 16, .axis_count = 1, .axes = {{3, 1}}},
    {.offset = 16, .floats = 16, .axis_count = 1, .axes = {{2, 1}}},
};
static const struct nc_model model = {.block = 32, .sharded = 32, .parameters = parameters, .parameter_count = 2};

static void begin(struct nc_run *run, struct nc_data *data, int number)
{
    static const int second[] = {1};
    *run = (struct nc_run){.model = &model, .accumulate = {1, 0}, .epochs = {5, 0}};
    run->train = (struct nc_loader){.data = data, .batches = 8};
    if (strcmp(schedules[number].optimizer, "SGD") == 0)
        nc_sgd(run, 0.1, 0.9, 0, 0, 0, 0);
    else
        nc_adam(run, 0.1, 0.9, 0.999, 1e-8, 0, 0, 0, 0);
    nc_part(run, "second", 1, second);
    nc_part_value(run, "lr", 1, (const double[]){0.03});
    nc_schedule(run, schedules[number].make(run), NC_EVERY_EPOCH, NC_METRIC_TRAIN_LOSS);
    nc_schedule_prepare(run);
    nc_optimizer_prepare(run);
}

static void end(struct nc_run *run)
{
    nc_optimizer_free(run);
    nc_schedule_free(run);
}

static void step(struct nc_run *run, int number)
{
    double metric = 1 + number * 7919 % 13 / 13.0 - number / 60.0;
    struct nc_progress_state at = {.loss = metric * (double)run->train.batches};
    struct nc_score none = {0};
    nc_schedule_epoch(run, &at, &none);
}

static void check_rates(const struct nc_run *run, int schedule, int at)
{
    for (int part = 0; part < 2; part++) {
        const double *value = run->parts[part].value, *expected = schedules[schedule].rates[at] + 2 * part;
        ck_assert_msg(value[0] == expected[0] && value[run->optimizer->momentum] == expected[1],
                      "schedule %d (%s), step %d, part %d: lr %.17g instead of %.17g, momentum %.17g instead of %.17g",
                      schedule, run->scheduler->kind->name, at, part, value[0], expected[0],
                      value[run->optimizer->momentum], expected[1]);
    }
}

START_TEST(as_torch)
{
    struct nc_data data = {.count = 9};
    struct nc_run run;
    begin(&run, &data, _i);
    for (int i = 0; i < STEPS; i++) {
        check_rates(&run, _i, i);
        step(&run, i);
    }
    end(&run);
}
END_TEST

/* Saved after each step and taken up by a run that begins anew. */
START_TEST(resumed)
{
    struct nc_data data = {.count = 9};
    struct nc_progress_state at = {0};
    struct nc_run run;
    begin(&run, &data, _i);
    for (int i = 0; i < STEPS; i++) {
        check_rates(&run, _i, i);
        step(&run, i);
        long long bytes = nc_state_bytes(&run);
        unsigned char *record = malloc((size_t)bytes);
        nc_state_pack(&run, &at, record);
        end(&run);
        begin(&run, &data, _i);
        nc_state_unpack(&run, &at, record, bytes, "kept");
        free(record);
    }
    end(&run);
}
END_TEST

/* A cycle that would be over before the run is. */
START_TEST(cycle_too_short)
{
    struct nc_data data = {.count = 9};
    struct nc_run run = {.model = &model, .program = "test", .accumulate = {1, 0}, .epochs = {5, 0}};
    run.train = (struct nc_loader){.data = &data, .batches = 8};
    nc_sgd(&run, 0.1, 0.9, 0, 0, 0, 0);
    nc_schedule(&run, nc_one_cycle_lr(&run, 0.1, _i ? 39 : 0, -1, -1, 0.3, "cos", 1, 0.85, 0.95, 25, 1e4, 0),
                NC_EVERY_BATCH, NC_METRIC_NONE);
    nc_schedule_prepare(&run);
    exit(_i ? 0 : 3); /* of its own steps it has enough */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("schedule");
    TCase *core = tcase_create("core");
    int count = (int)(sizeof schedules / sizeof *schedules);
    tcase_add_loop_test(core, as_torch, 0, count);
    tcase_add_loop_test(core, resumed, 0, count);
    tcase_add_loop_exit_test(core, cycle_too_short, 3, 0, 1);
    tcase_add_loop_exit_test(core, cycle_too_short, 1, 1, 2);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
