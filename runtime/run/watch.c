/* watch.c: metrics that decide: which epoch is the best one (`save ..., best=`), and when a run has learned what it can
 * (`stop`), as Keras and Lightning have it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/offload.h"
#include "step/metric_names.h"

enum { MOST_NAMES = 32 };

/* The names of NC_METRIC_... */
static const char *const names[NC_METRIC_COUNT] = {
    [NC_METRIC_TEST_LOSS] = NC_TEST_LOSS, [NC_METRIC_TEST_ACCURACY] = NC_TEST_ACCURACY,
    [NC_METRIC_TRAIN_LOSS] = NC_TRAIN_LOSS, [NC_METRIC_TRAIN_ACCURACY] = NC_TRAIN_ACCURACY,
};

void nc_stop(struct nc_run *run, int patience, const char *metric, double min_delta, const char *mode, int restore_best)
{
    nc_give_long(&run->stop_patience, patience);
    nc_give_text(&run->stop_metric, metric);
    nc_give_real(&run->stop_delta, min_delta);
    nc_give_text(&run->stop_mode, mode);
    nc_give_long(&run->stop_restore, restore_best);
}

/* ---- Metrics ----------------------------------------------------------------------------------------------------- */

/* The name of a metric, or NULL where the run has it not. */
static const char *name_of(const struct nc_run *run, int metric)
{
    const int of_test = metric == NC_METRIC_TEST_LOSS || metric == NC_METRIC_TEST_ACCURACY;
    const int accuracy = metric == NC_METRIC_TEST_ACCURACY || metric == NC_METRIC_TRAIN_ACCURACY;
    const char *name = NULL;
    double value;
    if (metric >= NC_METRIC_COUNT)
        return nc_metrics_value(run, metric - NC_METRIC_COUNT, &name, &value) ? name : NULL;
    return (of_test && run->test.data == NULL) || (accuracy && !run->model->classes) ? NULL : names[metric];
}

static int find(struct nc_run *run, const char *setting, const char *wanted)
{
    const char *all[MOST_NAMES + 1] = {NULL};
    char hint[512];
    size_t length = 0;
    int count = 0;
    if (strcmp(wanted, "accuracy") == 0)
        wanted = NC_TEST_ACCURACY;
    for (int metric = NC_METRIC_NONE + 1; count < MOST_NAMES; metric++) {
        const char *name = name_of(run, metric);
        if (name == NULL && metric >= NC_METRIC_COUNT)
            break;
        if (name != NULL && strcmp(name, wanted) == 0)
            return metric;
        if (name != NULL)
            all[count++] = name;
    }
    const char *near = nc_did_you_mean(wanted, all);
    if (near != NULL)
        snprintf(hint, sizeof hint, "did you mean %s?", near);
    else
        length = (size_t)snprintf(hint, sizeof hint, "this run has");
    for (int i = 0; near == NULL && i < count && length < sizeof hint; i++)
        length += (size_t)snprintf(hint + length, sizeof hint - length, "%s %s", i > 0 ? "," : "", all[i]);
    nc_usage(run, hint, "%s: no metric of this run is called '%s'", setting, wanted);
}

/* ---- A metric over the epochs ------------------------------------------------------------------------------------ */

/* mode: "min", "max", or "auto", by what the metric is. */
static struct nc_watch begin(struct nc_run *run, const char *setting, const char *metric, const char *mode)
{
    struct nc_watch watch = {.metric = find(run, setting, metric), .epoch = -1};
    watch.name = name_of(run, watch.metric);
    if (run->test_every.value > 1 && watch.metric != NC_METRIC_TRAIN_LOSS && watch.metric != NC_METRIC_TRAIN_ACCURACY)
        nc_usage(run, "leave out train.test.every",
                 "%s looks at %s after each epoch, and it is measured after every %lld", setting, watch.name,
                 run->test_every.value);
    watch.most = strcmp(mode, "auto") == 0 ? strstr(watch.name, "accuracy") != NULL : strcmp(mode, "max") == 0;
    watch.best = watch.most ? -HUGE_VAL : HUGE_VAL;
    return watch;
}

void nc_watch_prepare(struct nc_run *run)
{
    const char *best = run->save_best.value, *mode = run->stop_mode.value != NULL ? run->stop_mode.value : "auto";
    if (run->save_name.value != NULL && best != NULL && best[0] != '\0')
        run->best = begin(run, "train.save.best", best, "auto");
    if (!run->stop_patience.given) {
        if (run->stop_metric.given || run->stop_delta.given || run->stop_mode.given || run->stop_restore.given)
            nc_usage(run, "for example --set train.stop.patience=5", "train.stop wants a patience");
        return;
    }
    if (strcmp(mode, "auto") != 0 && strcmp(mode, "min") != 0 && strcmp(mode, "max") != 0)
        nc_usage(run, NULL, "train.stop.mode is min, max or auto, and not '%s'", mode);
    run->stop = begin(run, "train.stop.metric", run->stop_metric.value != NULL ? run->stop_metric.value : NC_TEST_LOSS,
                      mode);
    run->stop.min_delta = run->stop_delta.value;
    if (run->stop_restore.value)
        run->restore = nc_memory(run, run->model->block, sizeof *run->restore, "the best parameters");
}

/* Returns whether the epoch is the best so far: by Keras' and Lightning's formula. */
static int look(struct nc_watch *watch, double value, long long epoch)
{
    watch->waited++;
    if (watch->most ? !(value - watch->min_delta > watch->best) : !(value + watch->min_delta < watch->best))
        return 0;
    watch->best = value;
    watch->epoch = epoch;
    watch->waited = 0;
    return 1;
}

void nc_watch_epoch(struct nc_run *run, const struct nc_progress_state *at, const struct nc_score *test)
{
    if (run->best.metric != NC_METRIC_NONE)
        look(&run->best, nc_epoch_metric(run, run->best.metric, at, test), run->epoch);
    if (run->stop.metric != NC_METRIC_NONE &&
        look(&run->stop, nc_epoch_metric(run, run->stop.metric, at, test), run->epoch) && run->restore != NULL) {
        memcpy(run->restore, run->weights, (size_t)run->model->block * sizeof *run->restore);
        run->restorable = 1;
    }
}

int nc_is_best(const struct nc_run *run)
{
    return run->best.metric != NC_METRIC_NONE && run->best.epoch >= 0 && run->best.waited == 0;
}

int nc_stops_early(const struct nc_run *run)
{
    return run->stop.metric != NC_METRIC_NONE && run->stop.waited > 0 && run->stop.waited >= run->stop_patience.value;
}

void nc_note_stop(const struct nc_run *run)
{
    const struct nc_watch *stop = &run->stop;
    char delta[32] = "";
    if (stop->min_delta > 0)
        snprintf(delta, sizeof delta, "%.6g ", stop->min_delta);
    if (stop->epoch < 0)
        nc_note(run, "stopped early, after epoch %lld: %s was no number for %lld epochs", run->epoch, stop->name,
                stop->waited);
    else
        nc_note(run, "stopped early, after epoch %lld: for %lld epoch%s %s was not %s%s %.6g, which epoch %lld had",
                run->epoch, stop->waited, stop->waited == 1 ? "" : "s", stop->name, delta,
                stop->most ? "above" : "below", stop->best, stop->epoch + 1);
}

/* ---- Going back to the best -------------------------------------------------------------------------------------- */

static void exchange(struct nc_run *run)
{
    for (long long i = 0; i < run->model->block; i++) {
        float kept = run->weights[i];
        run->weights[i] = run->restore[i];
        run->restore[i] = kept;
    }
    run->restored = !run->restored;
}

int nc_restore_best(struct nc_run *run)
{
    if (run->restore == NULL || run->restored || run->stop.epoch < 0 || run->stop.epoch + 1 == run->epoch)
        return 0;
    if (!run->restorable) {
        nc_warn(run, "the parameters of epoch %lld, the best, are not there: restore_best was not asked for then",
                run->stop.epoch + 1);
        return 0;
    }
    exchange(run);
    nc_pack(run);
    nc_offload_push(run);
    return 1;
}

void nc_restore_undo(struct nc_run *run)
{
    if (run->restored)
        exchange(run);
    if (!run->stop_restore.value) {
        free(run->restore);
        run->restore = NULL;
        run->restorable = 0;
    }
}
