/* core.h: what the files of the runtime's core know of each other, beside internal.h. */
#ifndef NETC_RUNTIME_CORE_H
#define NETC_RUNTIME_CORE_H

#include "internal.h"

/* ---- Where a run is --------------------------------------------------------------------------------------------- */

/* What a run is in the middle of, beside struct nc_run's counters. */
struct nc_progress_state {
    int begun;                     /* the order of the epoch under way has been drawn */
    unsigned long long order_seed; /* from this seed */
    double loss;                   /* sum over the steps of this epoch */
    long long correct, seen;
};

/* ---- Walking a layout (parameter.c) ------------------------------------------------------------------------------ */

/* Nested loops over axes, the last one fastest: `offset` is the current element's place. */
struct nc_walk {
    const struct nc_axis *axes;
    int axis_count;
    long long at[NC_MAX_AXES];
    long long offset;
};
void nc_walk_start(struct nc_walk *walk, const struct nc_axis *axes, int axis_count);
void nc_walk_next(struct nc_walk *walk);

/* ---- Draws (random.c, init.c) ------------------------------------------------------------------------------------ */

/* How many mask bytes a dropout layer draws for a batch of `count`. */
long long nc_dropout_draws(const struct nc_dropout *layer, int count);

/* The masks of all dropout layers for a batch of `count`, as PyTorch's forward pass draws them: masks[layer] has
 * nc_dropout_draws bytes. */
void nc_draw_dropout(const struct nc_model *model, struct nc_random *random, int count, unsigned char **masks);

/* tensor.bernoulli_(keep): 1 where a 53-bit uniform number is below `keep`, one 64-bit draw an element. */
void nc_random_mask(struct nc_random *r, double keep, long long count, unsigned char *mask);

/* Normal numbers cut off, as torch.nn.init.trunc_normal_; and a matrix of `rows` rows with orthogonal rows or columns,
 * as torch.nn.init.orthogonal_, from the same random numbers (draws.c). */
void nc_random_truncated(const struct nc_run *run, struct nc_random *r, const struct nc_fill *fill, long long count,
                         float *to);
void nc_random_orthogonal(const struct nc_run *run, struct nc_random *r, double gain, long long rows, long long columns,
                          float *to);

/* What whitens the patches of the training data, of the shape of parameter p, in torch's order (run/whiten.c). `random`
 * is where the generator stands. Ends the program where a sample can't be made. */
void nc_whiten(const struct nc_run *run, const struct nc_random *random, const struct nc_fill *fill,
               const struct nc_parameter *p, float *to);

/* The parameters as their layers begin, then model->fills. `replaced` tells for each parameter whether a file will give
 * it all of its numbers: random ones are then passed over, not made; NULL: for none. */
void nc_init_parameters(const struct nc_run *run, const unsigned char *replaced, float *weights,
                        struct nc_random *random);

/* ---- The order of the samples (loader.c) ------------------------------------------------------------------------- */

/* What `for batch in DataLoader(...)` draws and does at the start of an epoch. Returns the seed of the shuffle (0
 * without one), with which nc_loader_order makes the same order again. */
unsigned long long nc_loader_begin(struct nc_loader *loader, struct nc_random *random);
void nc_loader_order(struct nc_loader *loader, unsigned long long seed);

/* The samples of batch `batch`: their count, and in *first the place of the first one in loader->order. */
int nc_loader_batch(const struct nc_loader *loader, long long batch, long long *first);

/* The samples of an epoch: without those of a last partial batch that drop_last leaves out. */
long long nc_loader_samples(const struct nc_loader *loader);

/* How many samples from `place` on go through the model at once, at most `most` of them: whole batches, or where `most`
 * is less than a batch none that reach over a batch's end. */
int nc_loader_unit(const struct nc_loader *loader, int most, long long place);

/* ---- Samples that need work, prepared ahead (feed.c) ------------------------------------------------------------- */

/* A batch that is ready. */
struct nc_fed {
    int count;
    const void **input;      /* [count] */
    unsigned char **dropout; /* its masks, when they were drawn ahead; or NULL: the step draws them */
};

/* For loader->data with a preparation: memory for batches of up to `unit` samples, and the workers, whose numbers begin
 * at `first_worker`, behind the pool's threads. NULL where samples need no preparation. */
struct nc_feed *nc_feed_start(struct nc_loader *loader, struct nc_run *run, int unit, int first_worker);
void nc_feed_stop(struct nc_feed *feed);

/* Of each batch's samples only those from *first to before *end are made: what other processes make is not wanted here.
 * `feed` may be NULL. */
void nc_feed_share(struct nc_feed *feed, void (*share)(const struct nc_run *run, int count, int *first, int *end));

/* A pass over loader->order begins, at `place` in it; run->random stands where it does then. `feed` may be NULL. */
void nc_feed_begin(struct nc_feed *feed, long long place);

/* The next batch; it is there until the next call. run->random is behind all that was drawn for it. Ends the program
 * where a sample can't be made. */
const struct nc_fed *nc_feed_take(struct nc_feed *feed);

/* Makes what nc_feed_share left out of the batch that was taken last. `feed` may be NULL. */
void nc_feed_complete(struct nc_feed *feed);

/* ---- Data and what is learned of them (fitting.c) ---------------------------------------------------------------- */

/* Reads a data set, unless that has been done. */
void nc_load_data(struct nc_data *data);

/* The data set that a view is one of in the end, the first where there are several. */
struct nc_data *nc_data_first(struct nc_data *data);

/* Sets run->fit to what the checkpoint of --load says; NULL: nothing. */
void nc_load_fit(struct nc_run *run);

/* Makes the samples of data sets whose samples depend on what is learned of the training data; sets run->fit. `train`
 * NULL: it comes out of the checkpoint of --load. Either may be NULL. */
void nc_fit_data(struct nc_run *run, struct nc_data *train, struct nc_data *test);

/* Ends the program when what was learned differs from what the checkpoint at `path` has. */
void nc_fit_resumed(struct nc_run *run, const char *path);

/* ---- Classes by name (classes.c) --------------------------------------------------------------------------------- */

/* The names of the classes that the checkpoint at `path` was trained on: one block of memory, which the caller frees.
 * Returns 0 where it has none: PyTorch wrote it, or the classes are numbers. */
int nc_checkpoint_classes(struct nc_run *run, const char *path, struct nc_classes *classes);

/* What was read for them goes, unless a data set has its names from there. */
void nc_free_classes(struct nc_run *run);

/* Sets run->classes, and gives all samples the numbers of these. `path`: the file whose parameters all have been read,
 * or NULL. Ends the program where test data have a class that is none of them. */
void nc_number_classes(struct nc_run *run, const char *path);

/* The targets that the checkpoint at `path` was trained on, [model->outputs]; they live to the end of the run. NULL
 * where it has none. */
const struct nc_target *nc_checkpoint_targets(struct nc_run *run, const char *path);

/* The same of targets that are no classes: sets run->targets; words get the numbers of these. Ends the program where
 * test data have the columns in another order, or another word (targets.c). */
void nc_number_targets(struct nc_run *run, const char *path);

/* ---- Options and settings (options.c, settings.c) ---------------------------------------------------------------- */

void nc_options(struct nc_run *run, int argc, char **argv);
_Noreturn void nc_help(struct nc_run *run); /* --help */

/* --set path=value: ends the program when the path is unknown or the value won't do. */
void nc_set(struct nc_run *run, const char *assignment);

/* The value `text` for the setting at `path`, from option `option` (for messages). */
void nc_set_value(struct nc_run *run, const char *option, const char *path, const char *text);

/* Prints the paths that --set knows, and what they are. */
void nc_print_settings(struct nc_run *run);

/* Ends the program when --set was given a path that no statement knew. */
void nc_check_settings(struct nc_run *run);

/* `text` as a number between low and high, or as a flag; ends the program when it is none (arguments.c). */
long long nc_to_long(struct nc_run *run, const char *option, const char *text, double low, double high);
double nc_to_real(struct nc_run *run, const char *option, const char *text, double low, double high);
int nc_to_flag(struct nc_run *run, const char *option, const char *text);

/* The name among `names` (NULL ends them) that `word` was probably meant to be, or NULL. */
const char *nc_did_you_mean(const char *word, const char *const *names);

/* ---- Work (phase.c, step.c, evaluate.c, optimizer.c, diverged.c, gradients.c) ------------------------------------ */

struct nc_score {
    double loss;     /* of a batch: as the loss function gives it; of an evaluation: mean over the samples */
    double loss_sum; /* of an evaluation: sum of the batches' losses, as the tutorials add them up */
    long long correct, judged; /* places whose class is told right, of those that the loss does not ignore */
    long long count;           /* samples */
};

/* Samples on their way through the model's phases. */
struct nc_pass {
    struct nc_run *run;
    struct nc_loader *loader;  /* whose samples these are, from `place` in its order on */
    long long place;
    const void **input;        /* [count] raw samples, found by the thread that takes them into the first phase; of a
                                * feed, as it gives them */
    int *labels;               /* [count][places], or NULL */
    float *targets;            /* [count][outputs], or NULL */
    const unsigned char *const *dropout; /* NULL in evaluation */
    int count;                 /* samples: at most model->capacity where model->batch_bytes is not 0 */
    int stretch;               /* no microbatch reaches over a multiple of it: the samples of a batch */
    int evaluates;             /* samples go the model's way of evaluation, where it has one; 0: through its phases */
    int backward;              /* whether to add up gradients */
    int training;              /* whether layers are in training mode */
    int unlabelled;            /* there are no labels or targets, and no loss is wanted */
    int ready;                 /* the raw samples stand in `input` already */
    int shared;                /* each process takes some of the tasks; 0: all of them */
    struct nc_exchange *exchange; /* what they tell each other of it (step/exchange.h); NULL: it is not shared */
    int *first;                /* [ranks + 1] where each rank's microbatches begin */
    /* May change what comes out, with its loss, before anybody looks at it; NULL. */
    void (*average)(struct nc_run *run, struct nc_microbatch *mb);
    /* At what a phase has left of a microbatch, in any thread; NULL. The one with `loss` has left the outputs. */
    void (*look)(void *context, const struct nc_phase *phase, const struct nc_microbatch *mb);
    void *context;
    const struct nc_microbatch **under_way; /* is told which one kernels work on, of one thread; NULL */
    float scale;
    float *whole;              /* [block]: keeps the gradients that would be learned from at once, or NULL */
    double *loss;              /* [microbatches]: what each leaves */
    long long *correct;        /* [microbatches] */
    _Atomic int *open;         /* [shards] phases before the next barrier that a shard has not been through; or NULL */
    unsigned char *begun;      /* [shards] whether a shard's gradients have been written to; or NULL */
};

/* The place of the first largest one, as torch.argmax. And the same of the outputs of `count` places that lie side by
 * side, whose classes stand `step` floats apart. */
int nc_argmax(const float *x, int count);
void nc_largest(const float *x, int classes, long long step, int count, int *best);

/* The probability that an output x stands for, by what the loss takes it for. Of classes it is the softmax of all
 * logits, whose largest one and whose sum are looked for once. */
struct nc_softmax {
    double most, sum;
};
struct nc_softmax nc_softmax_of(const struct nc_model *model, const float *x);
double nc_probability(const struct nc_model *model, const struct nc_softmax *softmax, double x);

/* What the mean of a loss over these samples is divided by: the number of their places, or what the classes of these
 * weigh; and in *judged how many of them are not ignored (loss.c). */
double nc_loss_divisor(const struct nc_model *model, const int *labels, int count, long long *judged);

/* Memory for `samples` samples at once and the results of as many microbatches; `what` it is for is told where it
 * fails. */
void nc_pass_prepare(struct nc_pass *pass, int samples, int microbatches, const char *what);
void nc_pass_free(struct nc_pass *pass);

/* Sets the samples of a pass: `count` from `place` in the loader's order on, with their labels or targets; and, where
 * they had to be prepared, the next ones' input and masks. */
void nc_pass_place(struct nc_pass *pass, long long place, int count);
void nc_pass_gather(struct nc_pass *pass, long long place, int count);

/* `count` of them from `first` on, as the functions of the model see them in this thread. */
struct nc_microbatch nc_pass_samples(const struct nc_pass *pass, int first, int count, int thread);

/* The first of the phases that nc_pass_run goes through. */
const struct nc_phase *nc_pass_phases(const struct nc_pass *pass);

/* All phases but those that learn. The score's loss is the sum of what the microbatches left. */
struct nc_score nc_pass_run(struct nc_pass *pass);

/* The phases that learn, and the update of the other parameters; of the command `gradients`, gradients alone. Returns
 * whether the parameters have changed. */
int nc_pass_learn(struct nc_pass *pass);

/* The outputs of a microbatch's samples, *stride floats apart, once they are through the model in evaluation mode. */
const float *nc_microbatch_outputs(const struct nc_run *run, const struct nc_microbatch *mb, int *stride);

int nc_pass_microbatches(const struct nc_pass *pass);
int nc_pass_shards(const struct nc_pass *pass);
int nc_pass_first_sample(const struct nc_pass *pass, int rank); /* of a shared pass; nc_run.ranks: the number of all */
int nc_pass_microbatch(const struct nc_pass *pass, int index, int *first); /* its number of samples */

/* One phase, task by task. */
int nc_pass_tasks(const struct nc_pass *pass, const struct nc_phase *phase);
void nc_pass_task(struct nc_pass *pass, const struct nc_phase *phase, int index, int thread);

/* The setting `lookahead`: memory; the slow weights begin as the run's; after an update; nothing where there is no such
 * setting (lookahead.c). */
void nc_lookahead_prepare(struct nc_run *run);
void nc_lookahead_begin(struct nc_run *run);
int nc_lookahead_is_due(const struct nc_run *run); /* whether the update now changes weights */
void nc_lookahead_update(struct nc_run *run);
void nc_lookahead_free(struct nc_run *run);

void nc_evaluate_prepare(struct nc_run *run);
struct nc_score nc_evaluate(struct nc_run *run);
/* The setting `test ..., views=`: memory for passes of so many samples, where there is such a setting; and a pass of
 * which each sample counts as the mean over its views (views.c). */
void nc_views_prepare(struct nc_run *run, int samples);
struct nc_score nc_views_run(struct nc_pass *pass);
void nc_views_free(struct nc_run *run);

int nc_evaluation_unit(const struct nc_run *run); /* how many samples it takes at once, at most */
int nc_evaluation_most(const struct nc_run *run, const struct nc_loader *loader); /* the same, before it is prepared */
void nc_evaluate_free(struct nc_run *run);

/* ---- Metrics (metrics.c) ----------------------------------------------------------------------------------------- */

/* Memory for passes of so many samples. All of these do nothing where there are no metrics, but for `look`. */
void nc_metrics_prepare(struct nc_run *run, int samples);
void nc_metrics_free(struct nc_run *run);

/* An evaluation begins; what the samples of a microbatch gave, in any thread, once they are through the model; that of
 * all samples of a pass, added up. */
void nc_metrics_begin(struct nc_run *run);
void nc_metrics_look(void *run, const struct nc_phase *phase, const struct nc_microbatch *mb);
void nc_metrics_add(struct nc_run *run, int count);

/* Number `index` of those that are a number, from 0: 0 behind the last one. All of them in a line, "" where there are
 * none. The tables, on standard output, once there has been an evaluation. */
int nc_metrics_value(const struct nc_run *run, int index, const char **name, double *value);
void nc_metrics_line(const struct nc_run *run, char *line, size_t size);
void nc_metrics_tables(const struct nc_run *run);

/* Once all metrics are there: what they see of each sample is gathered (step/answers.h), with a matrix of the classes
 * or without; in a metric more, where there is no matrix yet. That matrix, [classes][classes] how often a sample of the
 * row's class was taken for one of the column's, or NULL; and of a class how many samples there are, and how many of
 * them are told right. */
void nc_metrics_gather(struct nc_run *run, int matrix);
const long long *nc_metrics_matrix(const struct nc_run *run);
long long nc_metrics_of_class(const struct nc_run *run, int c, long long *right);

/* part / whole; 0 of nothing. */
double nc_ratio(long long part, long long whole);

/* A metric of an epoch, whose losses are in `at` and in `test`; NC_METRIC_NONE is 0. */
double nc_epoch_metric(const struct nc_run *run, int metric, const struct nc_progress_state *at,
                       const struct nc_score *test);

/* Whether the command looks at the gradients of one training batch, and at nothing else. */
int nc_looks_at_gradients(const struct nc_run *run);

/* Whether the command makes gradients. */
int nc_needs_gradients(const struct nc_run *run);

/* The parameters have changed: packs them anew, those for gradients only where the command makes such. */
void nc_pack(struct nc_run *run);

/* The same where only forward passes follow. */
void nc_pack_forward(struct nc_run *run);

/* Before an evaluation: packs what only evaluation reads, where there is any. */
void nc_pack_evaluation(struct nc_run *run);

/* The loss of the batch gathered last is not finite: says where that began, and ends the program. */
_Noreturn void nc_diverged(struct nc_run *run, double loss);

/* The same of an evaluation; `pass`: the samples that were under way when it was noticed. */
_Noreturn void nc_diverged_in_test(struct nc_run *run, struct nc_pass *pass, double loss);

/* Ends the program where the last update has left a parameter that is not finite. */
void nc_check_update(struct nc_run *run);

/* Ends the program where the file at `path` has given the model a parameter that is not finite, or a negative
 * variance. */
void nc_check_loaded(struct nc_run *run, const char *path);

/* The command `gradients`: prints how far the gradients of the first batch are from finite differences. Ends the
 * program where that is too far. */
int nc_gradients(struct nc_run *run);
/* Element `place` of the block in the gradients of the last step that was not learned from. */
double nc_gradient_at(const struct nc_run *run, long long place);

/* The command `accuracy`: before the memory is taken, and then. */
void nc_accuracy_begin(struct nc_run *run);
int nc_accuracy_command(struct nc_run *run);

/* The command `predict`: prints what the model makes of the samples of run->test, which have no labels. Returns the
 * exit status: 1 where some could not be read. */
void nc_predict_prepare(struct nc_run *run);
int nc_predict(struct nc_run *run);
void nc_predict_free(struct nc_run *run);

/* The command `data`: prints what the data is like, and writes a sheet of the first batch's pictures. */
int nc_survey(struct nc_run *run);

/* The same command with --raw: writes NAME.train.raw and NAME.test.raw (raw.c). */
void nc_write_raw(struct nc_run *run, const char *name);

/* ---- Stopwatches (laps.c) ---------------------------------------------------------------------------------------- */

struct nc_lap_row {
    unsigned long long ticks;
    long long calls;
};

/* One thread's. */
struct nc_laps {
    unsigned long long last;
    void (*made)(void *context, int kernel); /* is called instead, behind each kernel; NULL: laps are measured */
    void *context;
    struct nc_lap_row row[]; /* the NC_LAP_... rows, then the kernels */
};

unsigned long long nc_ticks(void); /* the processor's own counter, or nanoseconds */

/* The laps of the calling thread go there from now on; NULL: nowhere. */
void nc_laps_use(struct nc_laps *laps);

/* The laps of each thread that works in a round: [threads], or NULL. Not while a round is under way. */
void nc_pool_laps(struct nc_pool *pool, struct nc_laps **laps);

/* ---- Profiles (profile.c) ---------------------------------------------------------------------------------------- */

/* A row of a profile's table: a kernel, or one of the rows that every program has. */
struct nc_profile_row {
    struct nc_kernel_row what; /* texts are NULL, and the line 0, where there is none */
    double seconds;            /* of a step, in the mean of the threads: so rows add up to the step */
    double share;              /* of the step */
    long long calls;
    double rate, of_peak;      /* multiplications and additions a second, and their share of the peak; 0: none */
};

struct nc_profile_table {
    struct nc_profile_row *rows; /* [count] the slowest first; free() it */
    int count, threads;
    long long steps;             /* 0: nothing is measured yet */
    double samples, seconds;     /* of a step */
    double rate, of_peak, peak;
};

/* What nc_profile sets as run->profiler. */
struct nc_profiler {
    void (*prepare)(struct nc_run *run); /* when there are threads */
    void (*begin)(struct nc_run *run);   /* before a step, or a test */
    void (*end)(struct nc_run *run, long long steps, long long samples); /* after it: how much that was */
    void (*report)(struct nc_run *run);
    struct nc_profile_table (*table)(const struct nc_run *run); /* of what has been measured so far */
    void (*release)(struct nc_run *run);
};

/* ---- Beginning and end (prepare.c) ------------------------------------------------------------------------------- */

/* Reads the data, takes all memory, sets the parameters; with --resume also where the run is. */
void nc_prepare(struct nc_run *run, struct nc_progress_state *at);
void nc_release(struct nc_run *run); /* the run and all its memory */

/* ---- Training state (state.c) ------------------------------------------------------------------------------------ */

/* The record that a checkpoint keeps beside the parameters. */
long long nc_state_bytes(const struct nc_run *run);
long long nc_state_capacity(const struct nc_run *run); /* the most that they come to */
void nc_state_pack(const struct nc_run *run, const struct nc_progress_state *at, unsigned char *record);
void nc_state_unpack(struct nc_run *run, struct nc_progress_state *at, const unsigned char *record, long long bytes,
                     const char *path);

/* The steps that a record says were trained, by its first bytes, and the sum of the last epoch's losses, by which one
 * run's files differ from another's; -1 where it is no such record. `loss` may be NULL. */
enum { NC_STATE_START = 84 };
long long nc_state_steps(const unsigned char start[NC_STATE_START], double *loss);

/* ---- Which run (identity.c) -------------------------------------------------------------------------------------- */

/* The first step has been made, with this loss: sets run->identity.mark. */
void nc_identity_mark(struct nc_run *run, double first_loss);

/* Something will be saved: sets run->identity.number, unless it is set. */
void nc_identity_number(struct nc_run *run);

/* The run goes on from the file that says this of its run. */
void nc_identity_resumed(struct nc_run *run, struct nc_identity of_file);

/* What a record says; the steps, or -1 where it is all zeros: none. */
long long nc_identity_read(const unsigned char record[NC_IDENTITY_BYTES], struct nc_identity *identity);

/* ---- Which file (newest.c) --------------------------------------------------------------------------------------- */

/* The checkpoint of the newest run that was trained longest, among those that `save` names and that are whole. Damaged
 * ones are told, and passed over. Ends the program where there is none; `otherwise` is the option that names one. */
void nc_find_newest(struct nc_run *run, const char *otherwise, const char *what, char *newest, size_t size);

/* The file of the best epoch, where `save` says best= and it is there, whole, and of the newest run. Returns whether it
 * is. */
int nc_find_best(struct nc_run *run, char *best, size_t size);

/* Sets run->load_name to what `what` ("predict") takes its parameters from: the file of --load, or of those that were
 * saved the best epoch's, or the newest (prepare.c). */
void nc_choose_parameters(struct nc_run *run, const char *what);

/* Whether it would find one. */
int nc_has_parameters(struct nc_run *run);

/* Sets run->there. Of a new run it tells which file --resume would take until there is a newer one. */
void nc_find_there(struct nc_run *run);

/* ---- Checkpoints that stay (keep.c) ------------------------------------------------------------------------------ */

/* The name `save` gives for an epoch (from 0) and a number of steps: {epoch} and {step} replaced. Ends the program when
 * it does not fit in `size`. That of the best epoch's file: "best" stands where {epoch} to {step} stand, or "_best"
 * before the ending (saved_name.c). */
void nc_save_path(const struct nc_run *run, const char *name, long long epoch, long long steps, char *path,
                  size_t size);
void nc_best_path(const struct nc_run *run, char *path, size_t size);

/* Whether a name has {epoch} or {step}; whether `path` is what nc_save_path makes of it, and with which numbers, -1
 * where it has none. */
int nc_save_has_hole(const char *name);
int nc_save_fits(const char *name, const char *path, long long *epoch, long long *steps);

/* Whether what is saved holds all that --resume needs: a safetensors file has the parameters alone. */
int nc_saves_state(const struct nc_run *run);

/* Finds out before the first step what of the settings won't do. */
void nc_keep_prepare(struct nc_run *run);
void nc_keep_free(struct nc_run *run);

/* Whether `save` wants a file after the step, or the epoch, that has just been made. */
int nc_save_due(const struct nc_run *run, int epoch_ended);

/* Saves the run as it is under the name of epoch `epoch`. passing: as of struct nc_saved. Then removes what needn't
 * stay. `record` has nc_state_capacity bytes. nc_save_best_epoch: under the name of the best. */
void nc_save_now(struct nc_run *run, const struct nc_progress_state *at, long long epoch, int passing,
                 unsigned char *record);
void nc_save_best_epoch(struct nc_run *run, const struct nc_progress_state *at, unsigned char *record);

/* Removes those of run->saved that needn't stay, as a run that was killed may not have. */
void nc_keep_trim(struct nc_run *run);

/* The most entries of run->saved while the run goes on. */
int nc_keep_most(const struct nc_run *run);

/* A number for the name that `save` gives, so that a list of files is none of files with other names. */
unsigned long long nc_keep_mark(const struct nc_run *run);

/* ---- Metrics that decide (watch.c) ------------------------------------------------------------------------------- */

/* Sets run->best and run->stop; ends the program where there is no such metric. */
void nc_watch_prepare(struct nc_run *run);

/* An epoch has ended. */
void nc_watch_epoch(struct nc_run *run, const struct nc_progress_state *at, const struct nc_score *test);

/* Whether the last epoch is the best so far for `save best=`; whether `stop` ends the run; and that it says so. */
int nc_is_best(const struct nc_run *run);
int nc_stops_early(const struct nc_run *run);
void nc_note_stop(const struct nc_run *run);

/* Exchanges the parameters and those of the best epoch; does nothing where they are the same ones or where none were
 * wanted. Returns whether it did. */
int nc_restore_best(struct nc_run *run);
void nc_restore_undo(struct nc_run *run); /* of a run that goes on */

/* ---- What is logged (scalars.c) ---------------------------------------------------------------------------------- */

/* All of these do nothing where there is no log. nc_log_begin: before the first step. */
void nc_log_begin(struct nc_run *run);
void nc_log_first_step(struct nc_run *run); /* of an epoch has been made */
void nc_log_step(struct nc_run *run, const struct nc_score *step); /* run->steps is its number */

/* An epoch has ended, or the run in it: `rate` samples a second were trained. Then all is on the disk. */
void nc_log_epoch(struct nc_run *run, const struct nc_progress_state *at, const struct nc_score *test, double rate);
void nc_log_flush(struct nc_run *run);
void nc_log_end(struct nc_run *run);
void nc_log_free(struct nc_run *run); /* what statements have added to it */

/* ---- What a run prints (tell.c) ---------------------------------------------------------------------------------- */

/* Memory for what is told at the end. */
void nc_tell_begin(struct nc_run *run);

/* A step has been made: the bar, and every so many steps a line, unless a terminal has the bar. */
int nc_tell_due(const struct nc_run *run);
void nc_tell_step(struct nc_run *run, const struct nc_progress_state *at, const struct nc_score *score,
                  long long samples);

/* An epoch has ended, or the run in it; test NULL: there was no evaluation. last: its results are the run's, which
 * --quiet prints too. */
void nc_tell_epoch(struct nc_run *run, const struct nc_progress_state *at, const struct nc_score *test, double seconds,
                   double rate, int last);

/* The best epoch's parameters have been put back, and give this. */
void nc_tell_restored(struct nc_run *run, const struct nc_score *test);

/* A checkpoint has been written; best: that of the best epoch. */
void nc_tell_saved(struct nc_run *run, const char *path, int best);

/* The run has ended: the epochs as a table, where there were several; where everything was saved. */
void nc_tell_end(struct nc_run *run);
void nc_tell_free(struct nc_run *run);

/* ---- Progress (progress.c) --------------------------------------------------------------------------------------- */

struct nc_progress *nc_progress_start(const struct nc_run *run);
void nc_progress_epoch(struct nc_progress *p, long long epoch, long long epochs, long long steps, long long at);

/* After a step: `at` steps of the epoch are done, `samples` samples in this call's batch. loss and accuracy are the
 * epoch's so far; accuracy below 0: there is none. A terminal gets the bar, now and then. */
int nc_progress_due(const struct nc_progress *p);
void nc_progress_step(struct nc_progress *p, long long at, long long samples, double loss, double accuracy, double lr);
void nc_progress_testing(struct nc_progress *p);      /* instead of the bar: there is an evaluation */
int nc_progress_terminal(const struct nc_progress *p); /* whether there is one */
double nc_progress_rate(const struct nc_progress *p); /* samples per second since nc_progress_epoch */
void nc_progress_break(struct nc_progress *p); /* clears the bar, so that a line can be printed; p may be NULL */
void nc_progress_stop(struct nc_progress *p);

/* The seconds that training steps took since the last call; between nc_progress_pause and the next epoch's beginning
 * there are none. */
double nc_progress_stretch(struct nc_progress *p);
void nc_progress_pause(struct nc_progress *p);

int nc_terminal_columns(void); /* of standard output's terminal; 0: it is none */
double nc_seconds(void); /* a clock that never goes back */

#endif
