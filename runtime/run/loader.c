/* loader.c: the order of the samples, as torch.utils.data.DataLoader without workers makes it (dataloader.py,
 * sampler.py): every pass over a loader draws 64 bits, and 64 more when it shuffles. */
#include "core.h"

unsigned long long nc_loader_begin(struct nc_loader *loader, struct nc_random *random)
{
    nc_random64(random); /* the base seed of workers, drawn even where there are none */
    unsigned long long seed = loader->shuffle.value ? nc_random64(random) : 0;
    nc_loader_order(loader, seed);
    return seed;
}

void nc_loader_order(struct nc_loader *loader, unsigned long long seed)
{
    long long count = loader->data->count;
    if (loader->shuffle.value) {
        struct nc_random shuffle;
        nc_random_seed(&shuffle, seed);
        nc_randperm(&shuffle, count, loader->order);
    } else {
        for (long long i = 0; i < count; i++)
            loader->order[i] = (int)i;
    }
}

int nc_loader_batch(const struct nc_loader *loader, long long batch, long long *first)
{
    *first = batch * loader->batch_size;
    long long left = loader->data->count - *first;
    return left < loader->batch_size ? (int)left : loader->batch_size;
}

long long nc_loader_samples(const struct nc_loader *loader)
{
    long long samples = loader->batches * loader->batch_size;
    return samples < loader->data->count ? samples : loader->data->count;
}

int nc_loader_unit(const struct nc_loader *loader, int most, long long place)
{
    long long left = nc_loader_samples(loader) - place, to_end = loader->batch_size - place % loader->batch_size;
    if (most <= loader->batch_size && to_end < left)
        left = to_end;
    return left < most ? (int)left : most;
}

const void *nc_data_sample(struct nc_data *data, long long sample)
{
    if (data->locate != NULL)
        return data->locate(data, sample);
    if (data->make != NULL)
        data->make(data, sample);
    return data->parts[sample / data->part_samples] + sample % data->part_samples * data->sample_bytes;
}
