/* What is kept of pictures, so that they are decoded and resized once: each as it is before the first transform that
 * draws random numbers. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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

/* Memory in a file without a name, which is gone when the program ends. Its room on the disk is taken at once: a disk
 * that is full later could not be told from a broken one. */
static unsigned char *on_disk(const struct nc_data *data, long long bytes)
{
    const char *folder = getenv("TMPDIR");
    folder = folder != NULL && folder[0] != '\0' ? folder : "/var/tmp";
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/netc-XXXXXX", folder) >= sizeof path)
        nc_fail(data->run, NULL, "%s: the name of the folder TMPDIR is too long", data->name);
    int file = mkstemp(path);
    if (file >= 0)
        unlink(path);
    int error = file < 0 ? errno : bytes > 0 ? posix_fallocate(file, 0, bytes) : 0;
    void *memory = MAP_FAILED;
    if (error == 0) {
        memory = mmap(NULL, bytes > 0 ? (size_t)bytes : 1, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        error = errno;
    }
    if (memory == MAP_FAILED)
        nc_fail(data->run, "set TMPDIR to a folder with room, or say cache=\"none\"",
                "%s: no file for %.0f MB of pictures in %s: %s", data->name, (double)bytes / 1e6, folder,
                strerror(error));
    close(file);
    return memory;
}

struct nc_cache *nc_cache_open(struct nc_data *data, const char *name,
                               struct nc_size (*size)(struct nc_data *data, long long sample), char *remark,
                               size_t capacity)
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
        snprintf(remark, capacity, "not kept in memory: %.0f MB, more than a quarter of the machine's",
                 (double)total / 1e6);
        free(begin);
        free(sizes);
        return NULL;
    }
    struct nc_cache *cache = nc_memory(run, 1, sizeof *cache, "the cache");
    cache->size = sizes;
    cache->begin = begin;
    cache->state = nc_memory(run, data->count, sizeof *cache->state, "the cache");
    int disk = name != NULL && strcmp(name, "disk") == 0;
    if (disk) {
        cache->bytes = on_disk(data, total);
    } else {
        cache->bytes = nc_memory(run, 1, total, "the cache; cache=\"disk\" or \"none\" does without");
        run->kept_bytes += total;
    }
    snprintf(remark, capacity, "kept %s: %.1f MB", disk ? "on disk" : "in memory", (double)total / 1e6);
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
