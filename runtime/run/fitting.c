/* fitting.c: what is learned of the training samples, and then goes into the samples of all data (struct
 * nc_fitting). */
#include <stdlib.h>
#include <string.h>

#include "core.h"

struct nc_data *nc_data_first(struct nc_data *data)
{
    while (data->first != NULL)
        data = data->first;
    return data;
}

void nc_load_data(struct nc_data *data)
{
    if (data->count == 0) /* not read yet: one data set may serve for several things */
        data->load(data);
}

static void learn(struct nc_run *run, struct nc_data *data)
{
    run->fit = data->fitting->learn(data, NULL, data->count, &run->fit_bytes);
}

void nc_load_fit(struct nc_run *run)
{
    if (run->store != NULL && run->fit == NULL)
        run->fit = run->store->load_record(run, run->load_name.value, NC_FIT_RECORD, &run->fit_bytes);
}

/* For `test` and `predict`: out of the checkpoint; or where PyTorch wrote that, as the training data have it, if these
 * are not what is to be predicted. Returns whose it is. */
static const char *find_fit(struct nc_run *run, struct nc_data *test)
{
    struct nc_data *train = run->train.data;
    const char *path = run->load_name.value;
    nc_load_fit(run);
    if (run->fit != NULL)
        return path;
    int taken = run->command == NC_COMMAND_PREDICT && train != NULL && nc_data_first(train) == test;
    if (test->needs_fit && train != NULL && !taken) {
        nc_load_data(train);
        if (train->fitting != NULL) {
            learn(run, train);
            return train->name;
        }
    }
    if (test->needs_fit)
        nc_fail(run, "take a checkpoint that netc wrote",
                "the samples of %s are made with numbers learned in training, but %s has none and no training data has",
                test->name, path);
    learn(run, test);
    return test->name;
}

void nc_fit_data(struct nc_run *run, struct nc_data *train, struct nc_data *test)
{
    const char *whose = NULL;
    if (train != NULL && train->fitting != NULL) {
        learn(run, train);
        train->fitting->apply(train, run->fit, run->fit_bytes, whose = train->name);
    }
    if (test == NULL || test == train || test->fitting == NULL)
        return;
    if (train == NULL)
        whose = find_fit(run, test);
    if (whose == NULL && test->needs_fit)
        nc_fail(run, "write the same behind both: Standardize(), MinMax(), missing=...",
                "the samples of %s are made with numbers learned in training, but %s has none", test->name,
                train->name);
    if (whose == NULL)
        learn(run, test);
    test->fitting->apply(test, run->fit, run->fit_bytes, whose != NULL ? whose : test->name);
}

void nc_fit_resumed(struct nc_run *run, const char *path)
{
    long long bytes = 0;
    unsigned char *record = run->store->load_record(run, path, NC_FIT_RECORD, &bytes);
    /* Earlier versions' records may lack what stands last. */
    int same = record == NULL || (bytes <= run->fit_bytes && memcmp(record, run->fit, (size_t)bytes) == 0);
    free(record);
    if (!same)
        nc_fail(run, "start from its parameters alone with --load",
                "%s was saved by a run over other training data: what Standardize() and the like take from %s differs",
                path, run->train.data->name);
}
