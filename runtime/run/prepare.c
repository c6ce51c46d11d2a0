/* prepare.c: from what was noted to a run that is ready for its first step: data, threads, memory, parameters. */
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/offload.h"
#include "run/samples.h"
#include "run/tier.h"
#include "step/ranks.h"
#include "step/schedule.h"
#include "step/step.h"

static void check_samples(const struct nc_run *run, const struct nc_data *data)
{
    const struct nc_model *m = run->model;
    char have[128] = "", want[128] = "";
    nc_shape_text(have, sizeof have, data->rank, data->shape);
    nc_shape_text(want, sizeof want, m->input_rank, m->input_shape);
    if (strcmp(have, want) != 0)
        nc_fail(run, NULL, "a sample of %s is (%s), but %s takes (%s)", data->name, have, m->name, want);
    if ((m->tokens != 0) != (data->element == NC_INT))
        nc_fail(run, "CSV, NPY and NPZ give tokens", "a sample of %s is numbers, but %s takes tokens", data->name,
                m->name);
}

static void check_target_shape(const struct nc_run *run, const struct nc_data *data)
{
    const struct nc_model *m = run->model;
    char have[128] = "", want[128] = "";
    nc_shape_text(have, sizeof have, data->target_rank, data->target_shape);
    nc_shape_text(want, sizeof want, m->output_rank, m->output_shape);
    if (data->target_rank > 0 && m->output_rank > 0 && strcmp(have, want) != 0)
        nc_fail(run, NULL, "a target of %s is (%s), but %s gives (%s)", data->name, have, m->name, want);
}

/* Whether the model and a data set that has been read fit together. */
static void check_data(const struct nc_run *run, const struct nc_data *data)
{
    const struct nc_model *m = run->model;
    check_samples(run, data);
    if (m->classes && data->classes == 0 && data->target_floats != m->outputs)
        nc_fail(run, NULL, "the targets of %s are numbers, but the loss of %s is over classes", data->name, m->name);
    if (!m->classes && data->classes > 0)
        nc_fail(run, NULL, "the targets of %s are classes, but the loss of %s is over numbers", data->name, m->name);
    if (m->classes && data->classes > nc_class_count(m))
        nc_fail(run, NULL, "%s has %d classes, but %s has %d outputs%s", data->name, data->classes, m->name,
                nc_class_count(m), nc_places(m) > 1 ? " for each place" : "");
    if (m->classes && data->classes > 0 && (data->places > 0 ? data->places : 1) != nc_places(m))
        nc_fail(run, NULL, "%s has %d classes a sample, but the loss of %s wants %d, one for each place of the output",
                data->name, data->places > 0 ? data->places : 1, m->name, nc_places(m));
    if (!m->classes && data->target_floats != m->outputs)
        nc_fail(run, NULL, "a target of %s is %d numbers, but %s has %d outputs", data->name, data->target_floats,
                m->name, m->outputs);
    check_target_shape(run, data);
    if (data->count < 1 || data->count > INT_MAX)
        nc_fail(run, NULL, "%s has %lld samples", data->name, data->count);
}

static void prepare_loader(struct nc_run *run, struct nc_loader *loader, const char *label)
{
    struct nc_data *data = loader->data;
    check_data(run, data);
    loader->order = nc_memory(run, data->count, sizeof *loader->order, "the order of the samples");
    loader->batches = data->count / loader->batch_size;
    if (data->count % loader->batch_size != 0 && !loader->drop_last.value)
        loader->batches++;
    if (loader->batches == 0)
        nc_fail(run, "leave out drop_last, or make the batch smaller",
                "%s has %lld samples, fewer than one batch of %d, and drop_last leaves out a partial one", data->name,
                data->count, loader->batch_size);
    char classes[48] = "";
    if (data->classes > 0)
        snprintf(classes, sizeof classes, ", %d classes", data->classes);
    nc_note(run, "%s data: %lld samples%s (%s)%s%s", label, data->count, classes, data->kind,
            data->remark != NULL ? "; " : "", data->remark != NULL ? data->remark : "");
}

/* Statistics want more than one value, as in PyTorch: better said now than at the end of an epoch. */
static void check_norm(const struct nc_run *run, const struct nc_loader *loader)
{
    long long rest = loader->data->count % loader->batch_size;
    if (loader->batch_size == 1)
        nc_fail(run, "make batch_size larger",
                "%s expects more than 1 value per channel, but a batch of %s is 1 sample",
                run->model->norm, loader->data->name);
    if (rest == 1 && !loader->drop_last.value)
        nc_fail(run, "say drop_last=True, or choose another batch_size",
                "%s expects more than 1 value per channel, but of the %lld samples of %s the last batch has 1",
                run->model->norm, loader->data->count, loader->data->name);
}

/* Either may be NULL. */
static void prepare_data(struct nc_run *run, struct nc_data *train, struct nc_data *test)
{
    if (train != NULL)
        nc_load_data(train);
    if (test != NULL)
        nc_load_data(test);
    nc_fit_data(run, train, test);
    if (train != NULL)
        prepare_loader(run, &run->train, "train");
    if (test != NULL)
        prepare_loader(run, &run->test, "test");
    if (run->model->norm != NULL && train != NULL)
        check_norm(run, &run->train);
    if (run->model->norm != NULL && run->model->norm_tests && test != NULL)
        check_norm(run, &run->test);
}

/* The files of the command line become samples, made as those of the test data are, or without one as those of the
 * training data. */
static void take_files(struct nc_run *run)
{
    struct nc_data *data = nc_data_first(run->test.data != NULL ? run->test.data : run->train.data);
    if (run->test.data == NULL)
        run->test.batch_size = run->train.batch_size;
    if (data->take == NULL)
        nc_fail(run, NULL, "predict: the samples of %s can't come from other files", data->name);
    nc_load_fit(run);
    data->take(data, run->words, run->word_count);
    nc_fit_data(run, NULL, data);
    if (data->preparation != NULL && data->preparation->random)
        nc_fail(run, "give the train block a test data set, whose transforms are the same every time",
                "the transforms of %s are made by chance, and so would be the answers", data->name);
    if (data->count > 0)
        check_samples(run, data);
    run->test.data = data;
}

static int processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

static long long system_seed(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return ((long long)t.tv_sec * 1000003 ^ t.tv_nsec ^ (long long)getpid() << 16) & 0xffffffff;
}

static void prepare_memory(struct nc_run *run)
{
    run->weights = nc_memory(run, run->model->block, sizeof(float), "the parameters");
    if (run->profiler != NULL)
        run->profiler->prepare(run);
    if (run->command == NC_COMMAND_PREDICT)
        nc_predict_prepare(run);
    else if (!nc_looks_at_gradients(run))
        nc_evaluate_prepare(run);
    if (run->command == NC_COMMAND_TRAIN) {
        nc_optimizer_prepare(run);
        nc_lookahead_prepare(run);
    }
    if (nc_reads_training(run))
        nc_step_prepare(run);
    if (run->gpu == NULL || nc_looks_at_gradients(run)) /* these are held to slopes of the CPU's losses */
        nc_plan_prepare(run);
}

static long long elements(const struct nc_model *m, int kind)
{
    long long count = 0;
    for (int i = 0; i < m->parameter_count; i++)
        count += m->parameters[i].kind == kind ? nc_parameter_elements(&m->parameters[i]) : 0;
    return count;
}

/* The bytes of the plan and of what the optimizer keeps: all large memory but the samples. Nothing is ever written to
 * what is kept for frozen parameters, so that it takes none. */
static long long plan_bytes(const struct nc_run *run)
{
    const struct nc_model *m = run->model;
    long long floats = m->block;
    for (size_t i = 0; i < sizeof run->state / sizeof *run->state; i++)
        floats += run->state[i] != NULL ? elements(m, NC_LEARNED) : 0;
    floats += run->whole != NULL ? elements(m, NC_LEARNED) : 0;
    floats += run->lookahead.slow != NULL ? m->block : 0;
    return floats * (long long)sizeof(float) + nc_plan_bytes(run);
}

/* "model Small: 145578 parameters, 32800 of them frozen, batch 64, 2 threads, seed 0"; of large plans the memory. */
static void note_model(const struct nc_run *run)
{
    const long long large = 1000000000, bytes = plan_bytes(run);
    char memory[64] = "";
    const struct nc_model *m = run->model;
    long long learned = elements(m, NC_LEARNED), frozen = elements(m, NC_FROZEN);
    char of_them[64] = "";
    if (frozen > 0)
        snprintf(of_them, sizeof of_them, ", %lld of them frozen", frozen);
    if (bytes >= large)
        snprintf(memory, sizeof memory, ", %.1f GB of memory", (double)bytes / 1e9);
    nc_note(run, "model %s: %lld parameters%s, batch %d, %d thread%s, seed %llu%s", m->name, learned + frozen, of_them,
            m->batch, (int)run->threads.value, run->threads.value == 1 ? "" : "s",
            (unsigned long long)run->seed.value, memory);
    nc_memory_check(run, bytes);
}

/* Whether this is the file of the best epoch, which is written before the epoch's own. */
static int is_best(const struct nc_run *run, const char *path)
{
    char best[4096];
    if (run->best.metric == NC_METRIC_NONE)
        return 0;
    nc_best_path(run, best, sizeof best);
    return strcmp(path, best) == 0;
}

static void resume_identity(struct nc_run *run, const char *path)
{
    struct nc_identity identity = {0};
    long long bytes;
    unsigned char *record = run->store->load_record(run, path, NC_IDENTITY_RECORD, &bytes);
    if (record != NULL && bytes == NC_IDENTITY_BYTES)
        nc_identity_read(record, &identity);
    free(record);
    nc_identity_resumed(run, identity);
}

/* The run's log goes on in its table, and where only the date says where that is, in its folder. */
static void resume_log(struct nc_run *run, const char *path)
{
    static char folder[4096];
    long long bytes;
    char *table = run->store->load_record(run, path, NC_LOG_RECORD, &bytes);
    const char *slash = table != NULL && bytes > 0 && table[bytes - 1] == '\0' ? strrchr(table, '/') : NULL;
    if (slash == NULL || slash - table >= (long)sizeof folder) {
        free(table);
        return;
    }
    run->log_table = table;
    if (!run->log_dated)
        return;
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - table), table);
    run->log_folder.value = folder;
}

static void resume(struct nc_run *run, struct nc_progress_state *at)
{
    char newest[4096];
    const char *path = run->resume_name;
    long long bytes;
    if (path == NULL && run->save_name.value == NULL)
        nc_fail(run, NULL, "--resume wants a file, as %s saves nothing", run->model->file);
    if (path == NULL) {
        nc_find_newest(run, "--resume FILE", "--resume", newest, sizeof newest);
        path = newest;
    }
    run->store->load(run, run->model, path, NC_LOAD_OWN);
    nc_fit_resumed(run, path);
    nc_check_loaded(run, path);
    nc_number_classes(run, path);
    unsigned char *record = run->store->load_record(run, path, NC_STATE_RECORD, &bytes);
    if (record == NULL)
        nc_fail(run, "start from its parameters with --load", "%s holds parameters alone, and nothing to resume from",
                path);
    nc_state_unpack(run, at, record, bytes, path);
    free(record);
    if (run->epoch_step > run->train.batches)
        nc_fail(run, NULL, "%s was saved after step %lld of an epoch that now has %lld", path, run->epoch_step,
                run->train.batches);
    nc_restore_undo(run);
    resume_identity(run, path);
    if (run->log_folder.value != NULL)
        resume_log(run, path);
    run->resumed_best = is_best(run, path);
    nc_note(run, "resumed from %s: %lld epoch%s done, %lld step%s", path, run->epoch, run->epoch == 1 ? "" : "s",
            run->steps, run->steps == 1 ? "" : "s");
}

void nc_choose_parameters(struct nc_run *run, const char *what)
{
    static char path[4096];
    if (run->load_name.given == 2 && run->load_name.value[0] != '\0')
        return;
    if (run->save_name.value == NULL || run->save_name.value[0] == '\0')
        nc_usage(run, NULL, "%s: which parameters? Say --load FILE", what);
    const int best = nc_find_best(run, path, sizeof path);
    if (!best)
        nc_find_newest(run, "--load FILE", what, path, sizeof path);
    run->load_name.value = path;
    run->load_own = 1;
    if (!run->quiet)
        nc_print_to(stderr, "%s: the parameters are those of %s, the %s\n", run->program, path,
                    best ? "best epoch's file" : "newest file");
}

/* Whether `load` takes all of a file, and all that the model has. */
static int loads_strictly(const struct nc_run *run)
{
    return !run->load_loose || run->command == NC_COMMAND_TEST || run->command == NC_COMMAND_PREDICT;
}

static void load(struct nc_run *run)
{
    int strict = loads_strictly(run);
    const int how = run->load_own ? NC_LOAD_OWN : strict ? NC_LOAD_STRICT : NC_LOAD_LOOSE;
    run->store->load(run, run->model, run->load_name.value, how);
    nc_check_loaded(run, run->load_name.value);
    if (run->command != NC_COMMAND_PREDICT) /* whose samples have no classes */
        nc_number_classes(run, strict ? run->load_name.value : NULL);
}

/* Which parameters files will give a value (nc_init_parameters), in memory that the caller frees: all of them, or those
 * that what the model was made of has in common with it, and so the place in the block. */
static unsigned char *find_replaced(struct nc_run *run, int all)
{
    const struct nc_model *model = run->model;
    unsigned char *replaced = nc_memory(run, model->parameter_count + 1, 1, "the initial parameters");
    for (int i = 0; i < model->parameter_count; i++) {
        replaced[i] = (unsigned char)all;
        for (const struct nc_base *base = run->bases; base != NULL; base = base->next)
            for (int j = 0; j < base->model.parameter_count; j++)
                replaced[i] |= base->model.parameters[j].floats > 0
                               && base->model.parameters[j].offset == model->parameters[i].offset;
    }
    return replaced;
}

static void prepare_parameters(struct nc_run *run, struct nc_progress_state *at)
{
    int files = run->resume || (run->load_name.value != NULL && run->load_name.value[0] != '\0');
    if (files && run->store == NULL)
        nc_fail(run, "add to the train block: save \"NAME_{epoch}.pth\"",
                "this trainer was compiled without checkpoints, and can't read one");
    nc_random_seed(&run->random, (unsigned long long)run->seed.value);
    int all = run->resume || (files && loads_strictly(run)); /* nothing is left of what the parameters begin as */
    unsigned char *replaced = find_replaced(run, all);
    nc_init_parameters(run, replaced, run->weights, &run->random);
    free(replaced);
    for (const struct nc_base *base = run->bases; base != NULL && !all; base = base->next) {
        run->store->load(run, &base->model, base->path, NC_LOAD_OWN);
        nc_note(run, "took the parameters of %s from %s", base->model.name, base->path);
    }
    if (run->resume)
        resume(run, at);
    else if (files)
        load(run);
    else
        nc_number_classes(run, NULL);
    if (!run->resume)
        nc_lookahead_begin(run);
    nc_pack(run);
    nc_offload_push(run);
}

/* Finds out now, not after an epoch, that a file can't be written. */
static void prepare_output(struct nc_run *run)
{
    char path[4096];
    if (run->save_name.value != NULL && run->save_name.value[0] == '\0')
        run->save_name.value = NULL;
    if (run->log_folder.value != NULL && run->log_folder.value[0] == '\0')
        run->log_folder.value = NULL;
    if (run->save_name.value != NULL && run->store == NULL)
        nc_fail(run, "add to the train block: save \"NAME_{epoch}.pth\"",
                "this trainer was compiled without checkpoints, and can't write one");
    if (run->log_folder.value != NULL && run->log == NULL)
        nc_fail(run, "add to the train block: log \"FOLDER\"", "this trainer was compiled without event files");
    if (run->log_folder.value != NULL && run->log_images.value > 0 && !run->log_shows)
        nc_fail(run, "add to the train block: log \"FOLDER\", images=N",
                "this trainer was compiled without pictures in the log");
    if (run->report_name.value != NULL && run->report_name.value[0] == '\0')
        run->report_name.value = NULL;
    if (run->report_name.value != NULL && !run->reports)
        nc_fail(run, "add to the train block: report \"FILE.html\"", "this trainer was compiled without a report");
    if (run->report_name.value != NULL && run->log_folder.value == NULL)
        nc_fail(run, "--set train.report= leaves the report out too",
                "the report shows what is logged, and nothing is");
    nc_keep_prepare(run);
    nc_watch_prepare(run);
    if (run->rank > 0) /* rank 0 writes */
        return;
    if (run->save_name.value != NULL) {
        nc_save_path(run, run->save_name.value, 0, 0, path, sizeof path);
        run->store->check(run, path);
        nc_find_there(run);
        if (!nc_saves_state(run))
            nc_note(run, "%s will hold the parameters alone: only a .pth file can be gone on from with --resume", path);
    }
    if (run->best.metric != NC_METRIC_NONE) {
        nc_best_path(run, path, sizeof path);
        run->store->check(run, path);
    }
}

/* The most microbatches of a pass. */
static int most_microbatches(const struct nc_run *run)
{
    const int evaluated = run->evaluation != NULL ? nc_evaluation_unit(run) : 0;
    return evaluated > run->model->batch ? evaluated : run->model->batch;
}

void nc_prepare(struct nc_run *run, struct nc_progress_state *at)
{
    int training = run->command == NC_COMMAND_TRAIN, testing = run->command == NC_COMMAND_TEST;
    int predicting = run->command == NC_COMMAND_PREDICT;
    nc_ranks_begin(run);
    nc_check_settings(run);
    if (!testing && (run->train.data == NULL || run->optimizer == NULL))
        nc_fail(run, NULL, "%s says no %s to train with", run->model->file,
                run->train.data == NULL ? "data" : "optimizer");
    if (!nc_reads_training(run) && run->test.data == NULL)
        nc_fail(run, "add to the train block: test NAME", "%s says no test data", run->model->file);
    if (!training && run->resume)
        nc_usage(run, testing ? "test --load FILE" : NULL, "--resume is for training");
    if (testing && (run->load_name.value == NULL || run->load_name.value[0] == '\0'))
        nc_usage(run, NULL, "test: which parameters? Say --load FILE");
    if (predicting)
        nc_choose_parameters(run, "predict");
    if (run->command == NC_COMMAND_ACCURACY)
        nc_accuracy_begin(run);
    if (run->threads.value == 0)
        run->threads.value = nc_ranks_cores(run) > 0 ? nc_ranks_cores(run) : processors();
    if (run->seed.given == 0)
        run->seed.value = system_seed();
    nc_ranks_give(run, &run->seed.value, sizeof run->seed.value);
    if (training)
        prepare_output(run);
    run->pool = nc_pool_start(run, (int)run->threads.value);
    if (predicting)
        take_files(run);
    else
        prepare_data(run, nc_reads_training(run) ? run->train.data : NULL,
                     !nc_looks_at_gradients(run) ? run->test.data : NULL);
    if (training)
        nc_schedule_prepare(run);
    nc_offload_open(run);
    prepare_memory(run);
    note_model(run);
    nc_ranks_prepare(run, most_microbatches(run));
    nc_offload_prepare(run);
    nc_tier_look(run, 0);
    prepare_parameters(run, at);
    nc_ranks_check(run);
    if (training)
        nc_log_begin(run);
}

void nc_release(struct nc_run *run)
{
    nc_offload_release(run);
    nc_log_free(run);
    nc_ranks_end(run);
    nc_evaluate_free(run);
    nc_predict_free(run);
    nc_free_classes(run);
    nc_step_free(run);
    nc_plan_free(run);
    if (run->profiler != NULL)
        run->profiler->release(run);
    nc_pool_stop(run->pool);
    free(run->weights);
    nc_optimizer_free(run);
    nc_lookahead_free(run);
    nc_schedule_free(run);
    for (struct nc_base *next, *base = run->bases; base != NULL; base = next) {
        next = base->next;
        free((void *)base->model.parameters);
        free(base);
    }
    nc_keep_free(run);
    nc_tell_free(run);
    free(run->overrides);
    free(run->words);
    free(run->fit);
    free(run->train.order);
    free(run->test.order);
    free(run);
}
