/* data.c: data sets on the device, as the host keeps them, where they fit. A batch is gathered there, by the epoch's
 * order. What is made anew for each epoch, as pictures that are changed by chance, stays here. */
#include <stdlib.h>

#include "gpu/gpu.h"

enum { CHUNK = 1 << 24 }; /* bytes that go there at once */

static const char *const names[NC_GPU_SETS] = {"training", "test"};

static struct nc_loader *loader_of(struct nc_run *run, int set)
{
    return set == 0 ? &run->train : &run->test;
}

/* Floats or ints of a sample's target. */
static long long target_elements(const struct nc_run *run, const struct nc_data *data)
{
    return data->labels != NULL ? nc_places(run->model) : run->model->outputs;
}

/* NC_ON_DATA, NC_ON_ANSWERS, NC_ON_ORDER. */
static void find_bytes(const struct nc_run *run, const struct nc_data *data, long long bytes[3])
{
    bytes[0] = data->count * nc_gpu_sample_bytes(run->model);
    bytes[1] = data->count * target_elements(run, data) * (long long)sizeof(float);
    bytes[2] = data->count * (long long)sizeof(int);
}

static void take(struct nc_run *run, int number, long long *room)
{
    struct nc_gpu *gpu = run->gpu->gpu;
    struct nc_gpu_set *set = &run->gpu->sets[number];
    const struct nc_data *data = loader_of(run, number)->data;
    long long all = 0, largest = 0;
    if (data == NULL || data->preparation != NULL)
        return;
    find_bytes(run, data, set->bytes);
    for (int i = 0; i < 3; i++) {
        all += set->bytes[i];
        largest = set->bytes[i] > largest ? set->bytes[i] : largest;
    }
    int fits = all <= *room && largest <= gpu->most;
    for (int i = 0; i < 3 && fits; i++) {
        set->block[i] = gpu->kind->allocate(gpu, set->bytes[i]);
        fits = set->block[i] != NULL;
    }
    if (!fits) {
        nc_note(run, "device %s: the %s data, %s, stay here: there is no room for them", gpu->kind->name,
                names[number], nc_gpu_size(all).text);
        return;
    }
    nc_note(run, "device %s: the %s data are there too, %s", gpu->kind->name, names[number], nc_gpu_size(all).text);
    *room -= all;
    set->loader = loader_of(run, number);
}

void nc_gpu_take_sets(struct nc_run *run, long long taken)
{
    long long room = (run->gpu->gpu->left - taken) / 2;
    for (int i = 0; i < NC_GPU_SETS && run->command == NC_COMMAND_TRAIN; i++)
        take(run, i, &room);
}

/* ---- What goes there --------------------------------------------------------------------------------------------- */

/* Stretches of the data set's, each through the same memory. */
static void fill(struct nc_run *run, struct nc_gpu_set *set)
{
    struct nc_gpu_session *s = run->gpu;
    const struct nc_gpu_kind *kind = s->gpu->kind;
    struct nc_data *data = set->loader->data;
    const long long bytes = nc_gpu_sample_bytes(run->model), at_once = CHUNK / bytes > 0 ? CHUNK / bytes : 1;
    unsigned char *chunk = nc_memory(run, at_once, bytes, "the device");
    for (long long first = 0, count; first < data->count; first += count) {
        count = data->count - first < at_once ? data->count - first : at_once;
        for (long long i = 0; i < count; i++)
            memcpy(chunk + i * bytes, nc_data_sample(data, first + i), (size_t)bytes);
        const struct nc_gpu_place place = {set->block[0], first * bytes, set->bytes[0] - first * bytes};
        kind->upload(s->gpu, &place, chunk, count * bytes);
        kind->finish(s->gpu);
    }
    free(chunk);
    const struct nc_gpu_place answers = {set->block[1], 0, set->bytes[1]};
    kind->upload(s->gpu, &answers, data->labels != NULL ? (const void *)data->labels : data->targets, set->bytes[1]);
    kind->finish(s->gpu);
    set->filled = 1;
}

struct nc_gpu_set *nc_gpu_set_for(struct nc_pass *pass, long long place)
{
    struct nc_gpu_session *s = pass->run->gpu;
    for (int i = 0; i < NC_GPU_SETS && !pass->ready; i++) {
        struct nc_gpu_set *set = &s->sets[i];
        if (set->loader != pass->loader)
            continue;
        if (place == 0 || !set->filled) { /* an epoch begins, with an order of its own */
            const struct nc_gpu_place order = {set->block[2], 0, set->bytes[2]};
            s->gpu->kind->upload(s->gpu, &order, set->loader->order, set->bytes[2]);
        }
        if (!set->filled)
            fill(pass->run, set);
        return set;
    }
    return NULL;
}

void nc_gpu_set_numbers(const struct nc_pass *pass, const struct nc_gpu_slot *slot)
{
    const int first = (int)slot->place, each = (int)target_elements(pass->run, pass->loader->data);
    memcpy(&slot->numbers[NC_NUMBER_FIRST], &first, sizeof first);
    memcpy(&slot->numbers[NC_NUMBER_OF_TARGET], &each, sizeof each);
}
