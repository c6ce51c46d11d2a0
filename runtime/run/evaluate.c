/* evaluate.c: the loss and the accuracy over the whole test set, in evaluation mode, without gradients. Several batches
 * go through the model at once, or as many samples of one as the memory between the phases holds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "run/tier.h"
#include "step/answers.h"
#include "step/ranks.h"

enum {
    SAMPLES = 1024,     /* at once, unless a batch has more: enough to keep all threads busy */
    PLACES = 1 << 20,   /* that have classes of their own, likewise */
    PREPARED = 1 << 24, /* bytes of samples that are prepared at once, unless a batch has more */
};

struct nc_evaluation {
    struct nc_pass pass;
    int most; /* samples of a pass */
    /* what has been added up of the batch under way */
    double loss, divisor;
    int seen;
    long long judged;
    double divided; /* what all batches' losses are divided by */
};

int nc_evaluation_most(const struct nc_run *run, const struct nc_loader *loader)
{
    const struct nc_model *m = run->model;
    const struct nc_preparation *preparation = loader->data->preparation;
    const int size = loader->batch_size, at_once = nc_places(m) <= PLACES / SAMPLES ? SAMPLES : PLACES / nc_places(m);
    const int many = size < at_once ? at_once / size * size : size;
    const int crosses = m->evaluation != NULL ? m->evaluation->crosses : m->batch_bytes > 0;
    if (run->gpu == NULL && crosses)
        return m->capacity < size ? m->capacity : size;
    if (run->gpu != NULL && m->mingles)
        return size;
    return preparation != NULL && preparation->bytes * many > PREPARED ? size : many;
}

/* The samples of this process's microbatches. */
static void share_of_evaluation(const struct nc_run *run, int count, int *first, int *end)
{
    struct nc_pass pass = run->evaluation->pass;
    pass.count = count;
    *first = nc_pass_first_sample(&pass, run->rank);
    *end = nc_pass_first_sample(&pass, run->rank + 1);
}

void nc_evaluate_prepare(struct nc_run *run)
{
    if (run->test.data == NULL)
        return;
    int size = run->test.batch_size, most = nc_evaluation_most(run, &run->test);
    struct nc_evaluation *e = run->evaluation = nc_memory(run, 1, sizeof *e, "the evaluation");
    struct nc_pass *pass = &e->pass;
    *pass = (struct nc_pass){.run = run, .loader = &run->test, .stretch = size, .scale = 1.0f,
                             .evaluates = 1};
    pass->shared = nc_is_shared(run);
    e->most = most;
    int logs = run->log_folder.value != NULL; /* rank 0 does, and all have the same metrics */
    nc_ranks_give(run, &logs, sizeof logs);
    const int shows = run->command == NC_COMMAND_TRAIN && logs && run->log_wrong > 0;
    if (shows)
        nc_answers_prepare(run, pass, run->log_wrong);
    pass->look = run->metrics != NULL ? nc_metrics_look : NULL;
    pass->context = run;
    nc_metrics_prepare(run, most);
    run->test.feed = nc_feed_start(&run->test, run, most,
                                   (int)run->threads.value + (int)run->train.num_workers.value);
    if (pass->shared && !shows && run->views == NULL) /* which want all samples, whoever evaluates them */
        nc_feed_share(run->test.feed, share_of_evaluation);
    nc_pass_prepare(pass, most, most, "the evaluation");
    nc_views_prepare(run, most);
}

void nc_evaluate_free(struct nc_run *run)
{
    struct nc_evaluation *e = run->evaluation;
    nc_metrics_free(run);
    nc_answers_free(run);
    nc_views_free(run);
    if (e == NULL)
        return;
    nc_feed_stop(run->test.feed);
    nc_pass_free(&e->pass);
    free(e);
}

int nc_evaluation_unit(const struct nc_run *run)
{
    return run->evaluation->most;
}

/* Adds what the microbatches of a pass left, batch by batch; `left`: the samples from its first one to the end. */
static void add_microbatches(struct nc_run *run, struct nc_score *score, long long left)
{
    struct nc_evaluation *e = run->evaluation;
    const long long places = nc_places(run->model);
    for (int i = 0; i < nc_pass_microbatches(&e->pass); i++) {
        int first, count = nc_pass_microbatch(&e->pass, i, &first);
        const int *labels = e->pass.labels;
        long long judged;
        e->loss += e->pass.loss[i];
        e->divisor += nc_loss_divisor(run->model, labels != NULL ? labels + first * places : NULL, count, &judged);
        e->seen += count;
        e->judged += judged;
        score->judged += judged;
        score->correct += e->pass.correct[i];
        score->count += count;
        if (e->seen < run->test.batch_size && first + count < left)
            continue;
        score->loss += e->loss;
        score->loss_sum += run->model->loss->reduction == NC_SUM || e->judged == 0 ? e->loss : e->loss / e->divisor;
        e->divided += e->divisor;
        e->loss = e->divisor = 0;
        e->seen = e->judged = 0;
    }
}

struct nc_score nc_evaluate(struct nc_run *run)
{
    struct nc_evaluation *e = run->evaluation;
    struct nc_score score = {0};
    e->divided = 0;
    nc_metrics_begin(run);
    nc_pack_evaluation(run);
    nc_loader_begin(&run->test, &run->random);
    nc_feed_begin(run->test.feed, 0);
    long long samples = nc_loader_samples(&run->test);
    for (long long place = 0; place < samples; place += e->pass.count) {
        nc_pass_gather(&e->pass, place, nc_loader_unit(&run->test, e->most, place));
        nc_lap(NC_LAP_LOADING);
        (run->views != NULL ? nc_views_run : nc_pass_run)(&e->pass);
        add_microbatches(run, &score, samples - place);
        if (e->pass.shared)
            nc_metrics_share(run, &e->pass);
        nc_metrics_add(run, e->pass.count);
        if (!isfinite(score.loss + e->loss))
            nc_diverged_in_test(run, &e->pass, score.loss + e->loss);
        if (run->command == NC_COMMAND_TEST)
            nc_tier_look(run, (samples - place - e->pass.count) / e->pass.count);
    }
    if (e->divided == 0)
        nc_fail(run, NULL, "there is no mean loss of %s: the weights of its classes add up to 0",
                run->test.data->name);
    score.loss /= e->divided;
    score.loss_sum = isnan(score.loss_sum) ? NAN : score.loss_sum; /* without a sign */
    return score;
}
