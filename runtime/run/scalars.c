/* scalars.c: what a log holds of the steps and the epochs, by name. What is written of them where, log/ knows. */
#include <stdio.h>
#include <stdlib.h>

#include "core.h"
#include "step/optimizer.h"

enum { TAG = 160 };

/* Where the numbers go: to the log; or, before the first step, their names to a list. */
struct sink {
    struct nc_run *run;
    long long step;
    char **names; /* [count]; NULL: the numbers are logged */
    int count;
};

/* A number; or a point of a curve in the chart `chart`, which has others. */
static void put(struct sink *to, const char *chart, const char *name, double value)
{
    char column[2 * TAG];
    if (to->names == NULL) {
        to->run->log->scalar(to->run, chart, name, value, to->step);
        return;
    }
    const int length = snprintf(column, sizeof column, "%s%s%s", chart != NULL ? chart : "", chart != NULL ? "_" : "",
                                name);
    to->names = nc_memory_grow(to->run, to->names, to->count + 2, sizeof *to->names, "the log");
    to->names[to->count++] = nc_memory_text(to->run, column, (size_t)length, "the log");
}

/* The rates that the step was made with. One that never changes says nothing. */
static void put_rates(struct sink *to)
{
    const struct nc_run *run = to->run;
    for (int i = 0; run->scheduler != NULL && i < run->part_count; i++) {
        char tag[TAG];
        snprintf(tag, sizeof tag, "lr%s%s", i > 0 ? "/" : "", i > 0 ? run->parts[i].name : "");
        put(to, NULL, tag, run->parts[i].value[0]);
    }
}

static void put_step(struct sink *to, const struct nc_score *step)
{
    put(to, NULL, "train_loss", step->loss);
    if (to->run->model->classes)
        put(to, NULL, "train_accuracy", nc_ratio(step->correct, step->judged));
    put_rates(to);
}

/* What was measured of the test data. */
static void put_test(struct sink *to, const struct nc_score *test)
{
    const char *name;
    double value;
    put(to, NULL, "test_loss", test->loss);
    put(to, NULL, "test_loss_sum", test->loss_sum);
    if (to->run->model->classes)
        put(to, NULL, "test_accuracy", nc_ratio(test->correct, test->judged));
    for (int i = 0; nc_metrics_value(to->run, i, &name, &value); i++)
        put(to, NULL, name, value);
}

/* Training and test in one chart. An epoch without a step has trained nothing: --max-steps 0. */
static void put_charts(struct sink *to, const struct nc_progress_state *at, const struct nc_score *test, double steps)
{
    const int classes = to->run->model->classes;
    if (steps > 0)
        put(to, "loss", "train", at->loss / steps);
    put(to, "loss", "test", test->loss);
    if (classes && steps > 0)
        put(to, "accuracy", "train", nc_ratio(at->correct, at->seen));
    if (classes)
        put(to, "accuracy", "test", nc_ratio(test->correct, test->judged));
}

static void put_epoch(struct sink *to, const struct nc_progress_state *at, const struct nc_score *test, double rate,
                      double steps)
{
    if (steps > 0) {
        put(to, NULL, "train_loss_sum", at->loss);
        put(to, NULL, "samples_per_second", rate);
    }
    if (test == NULL)
        return;
    put_test(to, test);
    put_charts(to, at, test, steps);
}

static void free_names(struct nc_run *run)
{
    for (int i = 0; i < run->log_name_count; i++)
        free(run->log_names[i]);
    free(run->log_names);
    run->log_names = NULL;
    run->log_name_count = 0;
}

void nc_log_begin(struct nc_run *run)
{
    const struct nc_progress_state at = {0};
    const struct nc_score score = {0};
    if (run->log_folder.value == NULL)
        return;
    struct sink to = {.run = run, .names = nc_memory_grow(run, NULL, 1, sizeof *to.names, "the log")};
    put_step(&to, &score);
    put_epoch(&to, &at, &score, 0, 1);
    run->log_names = to.names;
    run->log_name_count = to.count;
    run->log->open(run, run->log_folder.value, run->resume ? run->steps + 1 : -1, (const char *const *)to.names,
                   to.count);
    for (struct nc_log_part *part = run->log_parts; part != NULL; part = part->next)
        part->open(run, part->own);
}

void nc_log_first_step(struct nc_run *run)
{
    if (run->log_folder.value == NULL)
        return;
    for (struct nc_log_part *part = run->log_parts; part != NULL; part = part->next)
        if (part->first_step != NULL)
            part->first_step(run, part->own);
}

void nc_log_step(struct nc_run *run, const struct nc_score *step)
{
    if (run->log_folder.value == NULL)
        return;
    struct sink to = {.run = run, .step = run->steps};
    put_step(&to, step);
    run->log->row(run);
}

void nc_log_epoch(struct nc_run *run, const struct nc_progress_state *at, const struct nc_score *test, double rate)
{
    if (run->log_folder.value == NULL)
        return;
    struct sink to = {.run = run, .step = run->epoch};
    put_epoch(&to, at, test, rate, (double)run->epoch_step);
    run->log->row(run);
    for (struct nc_log_part *part = run->log_parts; part != NULL; part = part->next)
        if (part->epoch != NULL)
            part->epoch(run, part->own);
}

void nc_log_flush(struct nc_run *run)
{
    if (run->log_folder.value != NULL)
        run->log->flush(run);
}

void nc_log_end(struct nc_run *run)
{
    if (run->log_folder.value == NULL)
        return;
    for (struct nc_log_part *part = run->log_parts; part != NULL; part = part->next)
        if (part->end != NULL)
            part->end(run, part->own);
    run->log->close(run);
    free_names(run);
}

void nc_log_free(struct nc_run *run)
{
    for (struct nc_log_part *next, *part = run->log_parts; part != NULL; part = next) {
        next = part->next;
        part->close(part->own);
    }
    run->log_parts = NULL;
    run->seen = NULL;
}
