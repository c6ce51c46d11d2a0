/* run.c: the statements of the train block that only note what is wanted. nc_train (loop.c) acts on it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "system/draft.h"

struct nc_run *nc_start(const struct nc_model *model, int argc, char **argv)
{
    nc_open_streams();
    struct nc_run *run = nc_memory(NULL, 1, sizeof *run, "the run");
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    run->model = model;
    run->program = slash != NULL ? slash + 1 : argc > 0 ? argv[0] : model->name;
    run->epochs.value = 1;
    run->log_every.value = 100;
    run->accumulate.value = 1;
    run->test_every.value = 1;
    run->train.prefetch_factor.value = run->test.prefetch_factor.value = 2; /* torch's */
    nc_options(run, argc, argv);
    return run;
}

void nc_seed(struct nc_run *run, unsigned long long seed)
{
    nc_give_long(&run->seed, (long long)seed);
}

void nc_threads(struct nc_run *run, int threads)
{
    nc_give_long(&run->threads, threads);
}

void nc_epochs(struct nc_run *run, int epochs)
{
    nc_give_long(&run->epochs, epochs);
}

static void set_loader(struct nc_loader *loader, struct nc_data *data, int batch_size, int shuffle, int drop_last)
{
    loader->data = data;
    loader->batch_size = batch_size;
    nc_give_long(&loader->shuffle, shuffle);
    nc_give_long(&loader->drop_last, drop_last);
}

void nc_train_data(struct nc_run *run, struct nc_data *data, int batch_size, int shuffle, int drop_last)
{
    set_loader(&run->train, data, batch_size, shuffle, drop_last);
}

void nc_test_data(struct nc_run *run, struct nc_data *data, int batch_size, int shuffle, int drop_last)
{
    set_loader(&run->test, data, batch_size, shuffle, drop_last);
}

void nc_test_every(struct nc_run *run, int every)
{
    nc_give_long(&run->test_every, every);
}

void nc_shown(struct nc_run *run, const char *const *text, int text_lines, const char *const *drawing,
              int drawing_lines)
{
    run->text = text;
    run->text_lines = text_lines;
    run->drawing = drawing;
    run->drawing_lines = drawing_lines;
}

static const char *below(const struct nc_run *run, const char *folder, const char *slash, const char *path)
{
    if (folder == NULL || path[0] == '/')
        return path;
    size_t capacity = strlen(folder) + strlen(slash) + strlen(path) + 1;
    char *whole = nc_memory(run, 1, (long long)capacity, "a path"); /* lives as long as the data: to the end */
    snprintf(whole, capacity, "%s%s%s", folder, slash, path);
    return whole;
}

void nc_train_workers(struct nc_run *run, int num_workers, int prefetch_factor)
{
    nc_give_long(&run->train.num_workers, num_workers);
    nc_give_long(&run->train.prefetch_factor, prefetch_factor);
}

void nc_test_workers(struct nc_run *run, int num_workers, int prefetch_factor)
{
    nc_give_long(&run->test.num_workers, num_workers);
    nc_give_long(&run->test.prefetch_factor, prefetch_factor);
}

const char *nc_data_root(const struct nc_run *run, const char *root)
{
    return run->data_folder != NULL ? run->data_folder : below(run, run->base_folder, "", root);
}

const char *nc_data_path(const struct nc_run *run, const char *path)
{
    return run->data_folder != NULL ? below(run, run->data_folder, "/", path) : below(run, run->base_folder, "", path);
}
