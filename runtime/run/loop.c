/* loop.c: nc_train, the training loop and what it prints. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/offload.h"
#include "run/tier.h"
#include "step/ranks.h"
#include "step/schedule.h"
#include "step/step.h"
#include "system/draft.h"

/* The signal that asked for the end, or 0. The run stops behind its step and saves; a second one ends it at once. */
static volatile int interrupted;

static void on_interrupt(int number)
{
    if (interrupted)
        nc_end_by(number);
    interrupted = number;
}

/* Ctrl-C, and what the managers of clusters and a terminal that goes away send. `now`: else as it was before. */
static void catch_interrupts(int now)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    static struct sigaction before[3];
    for (int i = 0; i < 3; i++) {
        struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
        if (now)
            sigaction(numbers[i], NULL, &before[i]);
        if (numbers[i] == SIGHUP && before[i].sa_handler == SIG_IGN) /* nohup */
            continue;
        sigaction(numbers[i], now ? &action : &before[i], NULL);
    }
}

/* The signal that ends the run, which all processes that share it heed behind the same step. */
static int signal_of(const struct nc_run *run)
{
    return nc_is_shared(run) ? nc_ranks_signal(run) : interrupted;
}

static int stop_wanted(const struct nc_run *run)
{
    return signal_of(run) || (run->max_steps.given && run->steps >= run->max_steps.value);
}

/* Saves in the middle of an epoch. */
static void save_steps(struct nc_run *run, const struct nc_progress_state *at, unsigned char *record)
{
    nc_offload_pull(run);
    nc_check_update(run);
    nc_check_files(run);
    nc_save_now(run, at, run->epoch, 0, record);
}

/* How many steps are to come. */
static long long steps_left(const struct nc_run *run)
{
    const long long left = (run->epochs.value - run->epoch) * run->train.batches - run->epoch_step;
    const long long most = run->max_steps.value - run->steps;
    return run->max_steps.given && most < left ? most : left;
}

/* Of the `made` last steps the losses: these are added up, the last one's is left in *score. Returns their samples. */
static long long take_scores(struct nc_run *run, struct nc_progress_state *at, long long made, struct nc_score *score)
{
    long long samples = 0, step = run->steps - made;
    while (nc_step_score(run, score)) {
        step++;
        if (!isfinite(score->loss)) {
            run->steps = step;
            nc_diverged(run, score->loss);
        }
        if (step == 1)
            nc_identity_mark(run, score->loss);
        at->loss += score->loss;
        at->correct += score->correct;
        at->seen += score->judged;
        samples += score->count;
    }
    return samples;
}

/* The steps of an epoch, or what is left of it, until it ends or a stop is wanted. Returns whether the last one's file
 * is saved. A device may be behind by as many steps as it has room for. */
static int train_steps(struct nc_run *run, struct nc_progress_state *at, unsigned char *record)
{
    struct nc_score score;
    long long samples = 0, made = 0; /* steps whose losses are not known yet */
    int saved = 0;
    while (run->epoch_step < run->train.batches && !stop_wanted(run)) {
        if (run->profiler != NULL)
            run->profiler->begin(run);
        nc_step(run, run->epoch_step);
        if (run->profiler != NULL)
            run->profiler->end(run, 1, run->step->pass.count);
        run->steps++;
        run->epoch_step++;
        made++;
        saved = run->epoch_step < run->train.batches && nc_save_due(run, 0);
        const int due = nc_step_room(run) == 0 || run->steps == 1 || saved || nc_tell_due(run);
        if (due)
            samples = take_scores(run, at, made, &score);
        if (run->epoch_step == 1)
            nc_log_first_step(run);
        if (due)
            nc_tell_step(run, at, &score, samples);
        made = due ? 0 : made;
        if (run->accumulated == 0)
            nc_schedule_update(run);
        if (saved)
            save_steps(run, at, record);
        nc_tier_look(run, steps_left(run));
    }
    if (made > 0) {
        samples = take_scores(run, at, made, &score);
        nc_tell_step(run, at, &score, samples);
    }
    return saved;
}

static void begin_epoch(struct nc_run *run, struct nc_progress_state *at)
{
    if (at->begun) {
        nc_loader_order(&run->train, at->order_seed);
    } else {
        *at = (struct nc_progress_state){.begun = 1};
        at->order_seed = nc_loader_begin(&run->train, &run->random);
    }
    nc_feed_begin(run->train.feed, run->epoch_step * run->train.batch_size);
    nc_progress_epoch(run->progress, run->epoch + 1, run->epochs.value, run->train.batches, run->epoch_step);
}

/* An evaluation that a longer run would not make must leave the generator alone, so that a resumed run goes on as if it
 * had not been stopped. NULL where there are no test data. */
static const struct nc_score *evaluate_epoch(struct nc_run *run, int extra, struct nc_score *score)
{
    struct nc_random kept = run->random;
    if (run->test.data == NULL)
        return NULL;
    nc_progress_testing(run->progress);
    *score = nc_evaluate(run);
    if (extra)
        run->random = kept;
    return score;
}

/* Whether this is an epoch after which the test data are looked at, however long the run is. They also are where it
 * ends. */
static int tests_epoch(const struct nc_run *run)
{
    return (run->epoch + 1) % run->test_every.value == 0;
}

/* Whether there is no epoch to come. */
static int is_done(const struct nc_run *run)
{
    return run->epoch >= run->epochs.value || nc_stops_early(run);
}

/* Where the run ends: the best parameters, if they are wanted, and what they give. */
static void restore(struct nc_run *run)
{
    if (!nc_restore_best(run))
        return;
    struct nc_score score;
    nc_tell_restored(run, evaluate_epoch(run, 1, &score));
}

/* An epoch has ended, of which nothing is saved yet but the best one's file. */
static void save_epoch(struct nc_run *run, const struct nc_progress_state *at, unsigned char *record)
{
    const int done = is_done(run), due = nc_save_due(run, 1) || done;
    if (nc_stops_early(run))
        nc_note_stop(run);
    if (done)
        restore(run);
    if (due || stop_wanted(run))
        nc_save_now(run, at, run->epoch - 1, !due, record);
}

static void train_epoch(struct nc_run *run, struct nc_progress_state *at, unsigned char *record)
{
    double began = nc_seconds();
    begin_epoch(run, at);
    int saved = train_steps(run, at, record);
    nc_offload_pull(run);
    nc_check_update(run);
    double rate = nc_progress_rate(run->progress);
    nc_progress_pause(run->progress);
    int partial = run->epoch_step < run->train.batches;
    nc_check_files(run); /* before anything is told or saved of what was learned from them */
    if (signal_of(run) && partial) {
        if (!saved)
            nc_save_now(run, at, run->epoch, 1, record);
        return;
    }
    struct nc_score score;
    const int due = tests_epoch(run), ends = run->epoch + 1 >= run->epochs.value || stop_wanted(run);
    const struct nc_score *test = due || ends ? evaluate_epoch(run, partial || !due, &score) : NULL;
    nc_check_files(run);
    if (!partial)
        nc_watch_epoch(run, at, test);
    nc_log_epoch(run, at, test, rate);
    nc_tell_epoch(run, at, test, nc_seconds() - began, rate,
                  partial || run->epoch + 1 >= run->epochs.value || nc_stops_early(run) || stop_wanted(run));
    if (partial && !saved) {
        nc_save_now(run, at, run->epoch, 1, record);
    } else if (!partial) {
        nc_schedule_epoch(run, at, test);
        run->epoch++;
        run->epoch_step = 0;
        at->begun = 0;
        if (nc_is_best(run))
            nc_save_best_epoch(run, at, record);
        save_epoch(run, at, record);
    }
    nc_log_flush(run);
}

static void note_nothing(const struct nc_run *run)
{
    if (nc_stops_early(run) && run->epoch < run->epochs.value)
        nc_note(run, "nothing to train: the run stopped early, after epoch %lld, with patience %lld; "
                     "--set train.stop.patience=N goes on", run->epoch, run->stop_patience.value);
    else if (run->epoch < run->epochs.value)
        nc_note(run, "nothing to train: --max-steps %lld is the number of the last step, and %lld are done; "
                     "--max-steps %lld makes one more", run->max_steps.value, run->steps, run->steps + 1);
    else
        nc_note(run, "nothing to train: epoch %lld of %lld, step %lld", run->epoch, run->epochs.value, run->steps);
}

static int train(struct nc_run *run, struct nc_progress_state *at)
{
    double began = nc_seconds();
    nc_keep_trim(run);
    unsigned char *record = nc_memory(run, nc_state_capacity(run), 1, "a checkpoint");
    int trained = 0;
    run->progress = nc_progress_start(run);
    nc_tell_begin(run);
    interrupted = 0;
    run->interrupt = &interrupted;
    catch_interrupts(1);
    if (run->resumed_best && run->epoch > 0 && !at->begun)
        save_epoch(run, at, record);
    /* --max-steps 0 is worth one round: it evaluates and saves the parameters as they begin. */
    while (!is_done(run) && (!stop_wanted(run) || (run->steps == 0 && !signal_of(run) && !trained))) {
        train_epoch(run, at, record);
        trained = 1;
        if (at->begun) /* stopped in the middle */
            break;
    }
    nc_progress_break(run->progress);
    nc_metrics_tables(run);
    if (!trained && !signal_of(run))
        note_nothing(run);
    nc_tell_end(run);
    nc_log_end(run);
    if (signal_of(run))
        nc_note(run, "interrupted after step %lld%s", run->steps,
                nc_saves_state(run) ? "; go on with --resume" : "");
    nc_note(run, "time taken: %.2f s", nc_seconds() - began);
    nc_progress_stop(run->progress);
    run->progress = NULL;
    catch_interrupts(0);
    free(record);
    return signal_of(run) ? 128 + signal_of(run) : 0;
}

/* Printed even with --quiet: it is what was asked for. */
static int test(struct nc_run *run)
{
    double began = nc_seconds();
    if (run->profiler != NULL)
        run->profiler->begin(run);
    struct nc_score score = nc_evaluate(run);
    nc_check_files(run);
    if (run->profiler != NULL)
        run->profiler->end(run, run->test.batches, score.count);
    nc_print("test_loss %f  sum %f", score.loss, score.loss_sum);
    if (run->model->classes)
        nc_print("  test_accuracy %.4f", nc_ratio(score.correct, score.judged));
    double seconds = nc_seconds() - began;
    nc_print("  samples/s %.0f  seconds %.2f\n", seconds > 0 ? (double)score.count / seconds : 0, seconds);
    char line[1024];
    nc_metrics_line(run, line, sizeof line);
    if (line[0] != '\0')
        nc_print("metrics  %s\n", line);
    nc_metrics_tables(run);
    return 0;
}

int nc_train(struct nc_run *run)
{
    struct nc_progress_state at = {0};
    if (run->help)
        nc_help(run);
    nc_prepare(run, &at);
    int status = run->command == NC_COMMAND_TEST        ? test(run)
                 : run->command == NC_COMMAND_GRADIENTS ? nc_gradients(run)
                 : run->command == NC_COMMAND_ACCURACY  ? nc_accuracy_command(run)
                 : run->command == NC_COMMAND_DATA      ? nc_survey(run)
                 : run->command == NC_COMMAND_PREDICT   ? nc_predict(run)
                                                        : train(run, &at);
    if (run->profiler != NULL)
        run->profiler->report(run);
    nc_release(run);
    if (fflush(stdout) != 0 || ferror(stdout))
        nc_fail(NULL, NULL, "standard output can't be written");
    return status;
}
