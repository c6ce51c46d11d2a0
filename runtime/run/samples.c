/* samples.c: samples of the data as the model takes them, handed over one by one. */
#include "run/samples.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"

static const struct nc_samples *wanted;

void nc_samples_set(const struct nc_samples *samples)
{
    wanted = samples;
}

int nc_samples_wanted(void)
{
    return wanted != NULL;
}

int nc_reads_training(const struct nc_run *run)
{
    return run->command != NC_COMMAND_TEST && (wanted == NULL || !wanted->test);
}

/* The order of the data set, but so that its first samples are spread evenly over all. */
static void spread(struct nc_loader *loader, long long count)
{
    const long long all = loader->data->count;
    for (long long i = 0; i < all; i++)
        loader->order[i] = (int)(i % count * all / count);
    loader->batches = (all + loader->batch_size - 1) / loader->batch_size;
}

static void make_floats(const struct nc_data *data, const void *sample, long long numbers, float *x)
{
    const long long pixels = numbers / data->shape[0];
    const unsigned char *bytes = sample;
    if (data->element != NC_BYTE) {
        memcpy(x, sample, (size_t)numbers * sizeof *x);
        return;
    }
    for (long long i = 0; i < numbers; i++)
        x[i] = data->pixel[i / pixels][bytes[i]];
}

static void hand_over(const struct nc_run *run, struct nc_loader *loader, int unit)
{
    struct nc_data *data = loader->data;
    const long long count = wanted->most < data->count ? wanted->most : data->count;
    long long numbers = 1;
    for (int i = 0; i < data->rank; i++)
        numbers *= data->shape[i];
    float *x = nc_memory(run, numbers, sizeof *x, "a sample");
    spread(loader, count);
    nc_feed_begin(loader->feed, 0);
    for (long long place = 0; place < count;) {
        const int taken = nc_loader_unit(loader, unit, place);
        const struct nc_fed *fed = loader->feed != NULL ? nc_feed_take(loader->feed) : NULL;
        for (int i = 0; i < taken && place + i < count; i++) {
            const int sample = loader->order[place + i];
            make_floats(data, fed != NULL ? fed->input[i] : nc_data_sample(data, sample), numbers, x);
            wanted->take(wanted->context, x,
                         data->labels != NULL ? data->labels + (long long)sample * nc_places(run->model) : NULL, count);
        }
        place += taken;
    }
    free(x);
}

void nc_samples_give(struct nc_run *run)
{
    if (wanted->test)
        hand_over(run, &run->test, nc_evaluation_unit(run));
    else
        hand_over(run, &run->train, run->train.batch_size);
}
