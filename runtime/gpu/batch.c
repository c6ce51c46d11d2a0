/* batch.c: what a batch is made of, its samples, targets, masks and numbers, on its way to the device. It is copied
 * into a slot, which the device reads when it comes to it: so the host may be several batches ahead of the device. */
#include <stdlib.h>

#include "gpu/gpu.h"
#include "step/optimizer.h"

enum { MOST_SLOTS = 128, SLOT_BYTES = 1 << 26, MOST_RESULTS = 1 << 23 };

void nc_gpu_put(const struct nc_gpu_session *s, int block, const void *from, long long bytes)
{
    const struct nc_gpu_place place = {s->block[block], 0, s->bytes[block]};
    if (bytes > 0)
        s->gpu->kind->upload(s->gpu, &place, from, bytes);
}

void nc_gpu_get(struct nc_gpu_session *s, int block, void *to, long long bytes)
{
    const struct nc_gpu_place place = {s->block[block], 0, s->bytes[block]};
    s->gpu->kind->download(s->gpu, &place, to, bytes);
    nc_gpu_wait(s);
}

void nc_gpu_wait(struct nc_gpu_session *s)
{
    s->gpu->kind->finish(s->gpu);
    s->used = 0;
}

/* ---- Slots ------------------------------------------------------------------------------------------------------- */

long long nc_gpu_sample_bytes(const struct nc_model *m)
{
    long long elements = 1;
    for (int i = 0; i < m->input_rank; i++)
        elements *= m->input_shape[i];
    return elements * (m->floats || m->tokens ? 4 : 1);
}

/* Ints, or floats. */
long long nc_gpu_target_bytes(const struct nc_model *m)
{
    const long long places = nc_places(m), count = places > m->outputs ? places : m->outputs;
    return count * (long long)sizeof(float);
}

static long long numbers_bytes(const struct nc_run *run)
{
    return (NC_NUMBERS + NC_PART_NUMBERS * (run->part_count + 1)) * (long long)sizeof(float);
}

/* Each part of a slot at a multiple of 64 bytes, as lines of the cache. */
static long long aligned(long long bytes)
{
    return (bytes + 63) / 64 * 64;
}

static long long slot_bytes(const struct nc_run *run, const struct nc_device *d)
{
    return aligned(d->capacity * nc_gpu_sample_bytes(run->model)) + aligned(d->mask_bytes) +
           aligned(d->capacity * nc_gpu_target_bytes(run->model)) + aligned(numbers_bytes(run));
}

int nc_gpu_slot_count(const struct nc_run *run, const struct nc_device *device)
{
    const struct nc_model *m = run->model;
    const long long of_memory = SLOT_BYTES / slot_bytes(run, device), of_results = MOST_RESULTS / m->batch;
    const long long count = of_memory < of_results ? of_memory : of_results;
    return count < 2 ? 2 : count > MOST_SLOTS ? MOST_SLOTS : (int)count;
}

void nc_gpu_take_slots(struct nc_run *run)
{
    struct nc_gpu_session *s = run->gpu;
    const struct nc_device *d = s->device;
    unsigned char *memory = s->gpu->kind->host(s->gpu, s->slot_count * slot_bytes(run, d));
    s->slots = nc_memory(run, s->slot_count, sizeof *s->slots, "the device");
    for (int i = 0; i < s->slot_count; i++, memory += slot_bytes(run, d)) {
        struct nc_gpu_slot *slot = &s->slots[i];
        slot->samples = memory;
        slot->targets = slot->samples + aligned(d->capacity * nc_gpu_sample_bytes(run->model));
        slot->masks = slot->targets + aligned(d->capacity * nc_gpu_target_bytes(run->model));
        slot->numbers = (float *)(void *)(slot->masks + aligned(d->mask_bytes));
    }
}

/* ---- What goes there --------------------------------------------------------------------------------------------- */

/* The pass's samples are found here too where those on the device are taken: logs and answers show some. */
static void put_samples(struct nc_gpu_session *s, struct nc_pass *pass, int first, struct nc_gpu_slot *slot)
{
    const struct nc_model *m = pass->run->model;
    struct nc_data *data = pass->loader->data;
    const long long bytes = nc_gpu_sample_bytes(m);
    for (int i = 0; i < slot->count; i++) {
        if (!pass->ready)
            pass->input[first + i] = nc_data_sample(data, pass->loader->order[slot->place + i]);
        if (!slot->resident)
            memcpy(slot->samples + i * bytes, pass->input[first + i], (size_t)bytes);
    }
    if (!slot->resident)
        nc_gpu_put(s, NC_ON_SAMPLES, slot->samples, slot->count * bytes);
    if (!m->floats && !m->tokens && s->pixels_of != data) {
        nc_gpu_put(s, NC_ON_PIXELS, data->pixel, (long long)sizeof data->pixel);
        s->pixels_of = data;
    }
}

static void put_targets(const struct nc_gpu_session *s, const struct nc_pass *pass, struct nc_gpu_slot *slot)
{
    const struct nc_model *m = pass->run->model;
    const void *from = pass->labels != NULL ? (const void *)pass->labels : pass->targets;
    const long long bytes = slot->count * (pass->labels != NULL ? nc_places(m) : m->outputs) * (long long)sizeof(float);
    memcpy(slot->targets, from, (size_t)bytes);
    nc_gpu_put(s, NC_ON_TARGETS, slot->targets, bytes);
}

static void put_masks(const struct nc_gpu_session *s, const struct nc_pass *pass, struct nc_gpu_slot *slot)
{
    const struct nc_model *m = pass->run->model;
    for (int i = 0; i < m->dropout_count; i++)
        memcpy(slot->masks + s->device->masks[i], pass->dropout[i],
               (size_t)nc_dropout_draws(&m->dropouts[i], slot->count));
    nc_gpu_put(s, NC_ON_MASKS, slot->masks, s->device->mask_bytes);
}

static void put_numbers(const struct nc_gpu_session *s, const struct nc_pass *pass, struct nc_gpu_slot *slot)
{
    const struct nc_run *run = pass->run;
    float *numbers = slot->numbers;
    numbers[NC_NUMBER_SCALE] = pass->scale;
    numbers[NC_NUMBER_PROBABILITIES] = run->model->classes && pass->targets != NULL;
    numbers[NC_NUMBER_SHARE] = run->update.share;
    numbers[NC_NUMBER_LIMIT] = run->update.limit;
    numbers[NC_NUMBER_ADDS] = (float)run->update.adds;
    numbers[NC_NUMBER_CLIP] = (float)run->clip_norm.value;
    numbers[NC_NUMBER_SEEN] = run->update.seen != NULL;
    numbers[NC_NUMBER_RESULT] = (float)nc_gpu_result(run, (int)(slot - s->slots));
    for (int i = 0; i < run->part_count; i++) {
        float *to = numbers + NC_NUMBERS + i * NC_PART_NUMBERS;
        memcpy(to, run->parts[i].scalar, sizeof run->parts[i].scalar);
        for (int k = 0; k < NC_MAX_VALUES; k++)
            to[NC_MAX_SCALARS + k] = (float)run->parts[i].value[k];
    }
    nc_gpu_put(s, NC_ON_NUMBERS, numbers, numbers_bytes(run));
}

struct nc_gpu_set *nc_gpu_send(struct nc_pass *pass, int first, int count)
{
    struct nc_gpu_session *s = pass->run->gpu;
    struct nc_gpu_set *set = nc_gpu_set_for(pass, pass->place + first);
    if (s->used == s->slot_count)
        nc_gpu_wait(s);
    struct nc_gpu_slot *slot = &s->slots[s->used++];
    slot->place = pass->place + first;
    slot->count = count;
    slot->scale = pass->scale;
    slot->resident = set != NULL;
    put_samples(s, pass, first, slot);
    if (set != NULL)
        nc_gpu_set_numbers(pass, slot);
    if (pass->training) {
        nc_loss_divisor(pass->run->model, pass->labels, count, &slot->judged);
        if (set == NULL)
            put_targets(s, pass, slot);
        put_masks(s, pass, slot);
    }
    if (pass->training || set != NULL)
        put_numbers(s, pass, slot);
    return set;
}

void nc_gpu_recall(struct nc_pass *pass, const struct nc_gpu_slot *slot)
{
    struct nc_run *run = pass->run;
    const struct nc_model *m = run->model;
    nc_pass_place(pass, slot->place, slot->count);
    pass->scale = slot->scale;
    pass->ready = 1;
    for (int i = 0; i < slot->count; i++)
        pass->input[i] = slot->resident ? nc_data_sample(pass->loader->data, pass->loader->order[slot->place + i])
                                        : slot->samples + i * nc_gpu_sample_bytes(m);
    for (int i = 0; i < m->dropout_count; i++)
        memcpy(run->step->dropout[i], slot->masks + run->gpu->device->masks[i],
               (size_t)nc_dropout_draws(&m->dropouts[i], slot->count));
    pass->dropout = (const unsigned char *const *)run->step->dropout;
}
