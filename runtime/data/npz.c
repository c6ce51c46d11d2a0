/* NPZ: numpy's arrays in a zip file, as numpy.savez and savez_compressed write it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/zip.h"
#include "data.h"
#include "npy.h"

/* The letters of the name without ".npy"; 0 where that is not its end. */
static size_t letters(const struct nc_zip_record *record)
{
    const size_t length = record->length;
    return length > 4 && memcmp(record->name + length - 4, ".npy", 4) == 0 ? length - 4 : 0;
}

/* "x, y": the arrays that there are. */
static void list_arrays(const struct nc_zip *zip, char *text, size_t capacity)
{
    size_t length = 0;
    snprintf(text, capacity, "none");
    for (size_t i = 0; i < zip->count && length < capacity - 80; i++) {
        const size_t count = letters(&zip->records[i]);
        if (count)
            length += (size_t)snprintf(text + length, capacity - length, "%s%.*s", length ? ", " : "",
                                       count < 60 ? (int)count : 60, zip->records[i].name);
    }
}

/* The file stays mapped: a stored array is used where it lies. */
static void read_array(struct nc_zip *zip, const char *path, struct nc_array *array, const char *key)
{
    const struct nc_data *data = array->data;
    const size_t length = strlen(path) + strlen(key) + 3;
    char entry[300], names[800];
    char *name = nc_memory(data->run, (long long)length, 1, "a name"); /* lives as long as the data */
    snprintf(name, length, "%s: %s", path, key);
    array->name = name;
    if (snprintf(entry, sizeof entry, "%s.npy", key) >= (int)sizeof entry)
        nc_fail(data->run, NULL, "%s: %s cannot be read: its name is too long", data->name, name);
    struct nc_zip_record *record = nc_zip_find(zip, entry, strlen(entry));
    list_arrays(zip, names, sizeof names);
    if (!record)
        nc_fail(data->run, "x= and y= name the arrays to take", "%s: %s has no array '%s'; there are: %s", data->name,
                path, key, names);
    unsigned char *inflated; /* lives as long as the data */
    const unsigned char *bytes = nc_zip_bytes(zip, record, &inflated);
    if (!bytes)
        nc_fail(data->run, NULL, "%s: %s cannot be read: %s", data->name, name, zip->error);
    nc_npy_parse(array, bytes, (size_t)record->size);
}

static void open_zip(const struct nc_data *data, struct nc_zip *zip, const char *path, const unsigned char *bytes,
                     size_t size)
{
    if (!nc_zip_open(zip, bytes, size))
        nc_fail(data->run, "write it with numpy.savez", "%s: cannot open %s: it is no readable zip file (%s)",
                data->name, path, zip->error);
}

void nc_npz_array(struct nc_array *array, const char *path, const unsigned char *bytes, size_t size, const char *key)
{
    struct nc_zip zip;
    char only[300] = "x";
    open_zip(array->data, &zip, path, bytes, size);
    if (zip.count == 1 && letters(&zip.records[0]) < sizeof only)
        snprintf(only, sizeof only, "%.*s", (int)letters(&zip.records[0]), zip.records[0].name);
    read_array(&zip, path, array, key != NULL ? key : only);
    nc_zip_close(&zip);
}

static void read_npz(struct nc_data *data, struct nc_array *x, struct nc_array *y)
{
    static const char no_file[] = "a relative path begins in the folder of the .net file, or in that of --data";
    const struct nc_npy_reader *given = nc_npy_arguments(data);
    const char *path = nc_data_path(data->run, given->path);
    const unsigned char *bytes;
    size_t size;
    struct nc_zip zip;
    int error = nc_map_file(data->run, data->name, path, &bytes, &size);
    if (error)
        nc_fail(data->run, error == ENOENT ? no_file : NULL, "%s: cannot open %s: %s", data->name, path,
                strerror(error));
    open_zip(data, &zip, path, bytes, size);
    read_array(&zip, path, x, given->x);
    read_array(&zip, path, y, given->y);
    nc_zip_close(&zip);
}

struct nc_data *nc_npz(struct nc_run *run, const char *name, const char *path, const char *x, const char *y)
{
    return nc_npy_new(run, name, "NPZ", (struct nc_npy_reader){.read = read_npz, .path = path, .x = x, .y = y});
}
