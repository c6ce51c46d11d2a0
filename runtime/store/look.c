/* A checkpoint of netc's own looked at from outside: whether it is whole, and how far its training was. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "tensors.h"
#include "zip.h"

/* Every record, by its CRC-32. */
static int is_whole(struct nc_zip *zip)
{
    for (size_t i = 0; i < zip->count; i++) {
        unsigned char *inflated = NULL;
        const unsigned char *bytes = nc_zip_bytes(zip, &zip->records[i], &inflated);
        free(inflated);
        if (!bytes)
            return 0;
    }
    return 1;
}

static void copy_start(const struct nc_zip *zip, const char *name, unsigned char *start, size_t bytes)
{
    char path[64];
    int length = snprintf(path, sizeof path, "archive/%s", name); /* as save writes it */
    const struct nc_zip_record *record = nc_zip_find(zip, path, (size_t)length);
    memset(start, 0, bytes);
    if (record && record->method == 0 && record->size >= bytes)
        memcpy(start, zip->bytes + record->begin, bytes);
}

int nc_checkpoint_look(struct nc_run *run, const char *path, const char *name, unsigned char *start, long long bytes,
                       char *why, size_t capacity)
{
    struct nc_zip zip = {0};
    const unsigned char *file;
    size_t size;
    int error = nc_map_file(run, "a checkpoint", path, &file, &size);
    if (error || size == 0) {
        snprintf(why, capacity, "%s", error ? strerror(error) : "it is empty");
        return 0;
    }
    if (nc_safetensors_begins(file, size)) { /* whether it is whole loading tells */
        if (name)
            nc_safetensors_first_record(run, file, size, name, start, (size_t)bytes);
        nc_unmap_file(file);
        return 1;
    }
    int done = nc_zip_open(&zip, file, size);
    if (done && name)
        copy_start(&zip, name, start, (size_t)bytes);
    else if (done)
        done = is_whole(&zip);
    if (!done)
        snprintf(why, capacity, "it is no whole zip file (%s)", zip.error);
    nc_zip_close(&zip);
    nc_unmap_file(file);
    return done;
}
