/* What is kept of pictures, so that they are decoded and resized once: each as it is before the first transform that
 * draws random numbers. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pictures.h"

enum { NOT_KEPT, BEING_KEPT, KEPT };

/* Unless the .net file says where, memory is taken for no more than this part of the machine's, all data together. */
enum { PART_OF_MEMORY = 4 };

struct nc_cache {
    struct nc_size *size; /* [count] */
    long long *begin;     /* [count + 1]: where each picture's bytes begin */
    unsigned char *bytes;
    _Atomic unsigned char *state; /* [count] */
};

static long long machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? (long long)pages * page : 0;
}

struct nc_cache *nc_cache_open(struct nc_data *data, const char *name,
                               struct nc_size (*size)(struct nc_data *data, long long sample), char *remark,
                               size_t room)
{
    struct nc_run *run = data->run;
    if (name != NULL && strcmp(name, "none") == 0)
        return NULL;
    long long *begin = nc_memory(run, data->count + 1, sizeof *begin, "the cache");
    struct nc_size *sizes = nc_memory(run, data->count, sizeof *sizes, "the cache");
    for (long long i = 0; i < data->count; i++) {
        sizes[i] = size(data, i);
        begin[i + 1] = begin[i] + (long long)sizes[i].width * sizes[i].height * sizes[i].channels;
    }
    long long total = begin[data->count], bound = machine_memory() / PART_OF_MEMORY;
    if (name == NULL && run->kept_bytes + total > bound) {
        snprintf(remark, room, "not kept in memory: %.0f MB, more than a quarter of the machine's",
                 (double)total / 1e6);
        free(begin);
        free(sizes);
        return NULL;
    }
    struct nc_cache *cache = nc_memory(run, 1, sizeof *cache, "the cache");
    cache->size = sizes;
    cache->begin = begin;
    cache->bytes = nc_memory(run, 1, total, "the cache; cache=\"none\" does without");
    cache->state = nc_memory(run, data->count, sizeof *cache->state, "the cache");
    run->kept_bytes += total;
    snprintf(remark, room, "kept in memory: %.1f MB", (double)total / 1e6);
    return cache;
}

int nc_cache_get(struct nc_cache *cache, long long sample, struct nc_image *image)
{
    if (atomic_load_explicit(&cache->state[sample], memory_order_acquire) != KEPT)
        return 0;
    struct nc_size size = cache->size[sample];
    if (!nc_image_shape(image, size.width, size.height, size.channels))
        return 0;
    long long begin = cache->begin[sample];
    memcpy(image->bytes, cache->bytes + begin, (size_t)(cache->begin[sample + 1] - begin));
    return 1;
}

/* Of two threads with the same picture one keeps it, and the other goes on with its own. */
void nc_cache_put(struct nc_cache *cache, long long sample, const struct nc_image *image)
{
    unsigned char state = NOT_KEPT;
    long long bytes = cache->begin[sample + 1] - cache->begin[sample];
    if (bytes != (long long)image->width * image->height * image->channels
        || !atomic_compare_exchange_strong(&cache->state[sample], &state, BEING_KEPT))
        return;
    memcpy(cache->bytes + cache->begin[sample], image->bytes, (size_t)bytes);
    atomic_store_explicit(&cache->state[sample], KEPT, memory_order_release);
}
