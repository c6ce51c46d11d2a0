/* NPZ: numpy's arrays in a zip file, as numpy.savez and savez_compressed write it. */
#include <stdio.h>
#include <string.h>
#include <zip.h>

#include "npy.h"

_Noreturn static void fail(const struct nc_array *array, zip_t *zip, const char *what)
{
    nc_fail(array->data->run, NULL, "%s: %s cannot be read: %s", array->data->name, array->name,
            what ? what : zip_strerror(zip));
}

/* "x, y": the arrays that there are. */
static void list_arrays(zip_t *zip, char *text, size_t room)
{
    size_t length = 0;
    zip_int64_t count = zip_get_num_entries(zip, 0);
    snprintf(text, room, "none");
    for (zip_int64_t i = 0; i < count && length < room - 80; i++) {
        const char *name = zip_get_name(zip, (zip_uint64_t)i, 0);
        size_t letters = name ? strlen(name) : 0;
        if (letters < 4 || strcmp(name + letters - 4, ".npy") != 0)
            continue;
        length += (size_t)snprintf(text + length, room - length, "%s%.*s", length ? ", " : "",
                                   letters - 4 < 60 ? (int)letters - 4 : 60, name);
    }
}

static void read_array(zip_t *zip, const char *path, struct nc_array *array, const char *key)
{
    enum { MOST_RATIO = 1032 }; /* of deflate */
    const struct nc_data *data = array->data;
    char entry[300], names[800];
    zip_stat_t status;
    size_t length = strlen(path) + strlen(key) + 3;
    char *name = nc_memory(data->run, (long long)length, 1, "a name"); /* lives as long as the data */
    snprintf(name, length, "%s: %s", path, key);
    array->name = name;
    if (snprintf(entry, sizeof entry, "%s.npy", key) >= (int)sizeof entry)
        fail(array, NULL, "its name is too long");
    zip_int64_t index = zip_name_locate(zip, entry, 0);
    list_arrays(zip, names, sizeof names);
    if (index < 0)
        nc_fail(data->run, "x= and y= name the arrays to take", "%s: %s has no array '%s'; there are: %s", data->name,
                path, key, names);
    if (zip_stat_index(zip, (zip_uint64_t)index, 0, &status) != 0 || !(status.valid & ZIP_STAT_SIZE)
        || !(status.valid & ZIP_STAT_COMP_SIZE))
        fail(array, zip, NULL);
    if (status.size / MOST_RATIO > status.comp_size)
        fail(array, NULL, "it claims to be larger than so few bytes can be");
    zip_file_t *file = zip_fopen_index(zip, (zip_uint64_t)index, 0);
    if (!file)
        fail(array, zip, NULL);
    unsigned char *bytes = nc_memory(data->run, (long long)status.size + 1, 1, "an array");
    zip_int64_t got = zip_fread(file, bytes, status.size + 1); /* one more, so that the sum is checked */
    if (got < 0)
        fail(array, NULL, zip_file_strerror(file));
    if ((zip_uint64_t)got != status.size)
        fail(array, NULL, "it is not as long as it should be");
    zip_fclose(file);
    nc_npy_parse(array, bytes, (size_t)status.size);
}

static void read_npz(struct nc_data *data, struct nc_array *x, struct nc_array *y)
{
    const struct nc_npy_reader *given = nc_npy_arguments(data);
    const char *path = nc_data_path(data->run, given->path);
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_RDONLY, &code);
    if (!zip) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        nc_fail(data->run,
                code == ZIP_ER_NOENT ? "a relative path begins in the folder of the .net file, or in that of --data"
                                     : "write it with numpy.savez",
                "%s: cannot open %s: %s", data->name, path, zip_error_strerror(&error));
    }
    read_array(zip, path, x, given->x);
    read_array(zip, path, y, given->y);
    zip_discard(zip);
}

struct nc_data *nc_npz(struct nc_run *run, const char *name, const char *path, const char *x, const char *y)
{
    return nc_npy_new(run, name, "NPZ", (struct nc_npy_reader){.read = read_npz, .path = path, .x = x, .y = y});
}
