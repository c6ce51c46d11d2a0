/* CIFAR-10, in either form that https://www.cs.toronto.edu/~kriz/cifar.html gives it: binary batches (one label byte
 * and 3072 pixels a record) or Python pickles. Both hold the same 60000 pictures in the same order, channels first. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../store/pickle.h"
#include "data.h"

enum {
    CHANNELS = 3,
    SIDE = 32,
    PIXELS = CHANNELS * SIDE * SIDE,
    RECORD = 1 + PIXELS,
    BATCH = 10000, /* pictures in a file */
    TRAIN_FILES = 5,
    CLASSES = 10,
    PATH_ROOM = 4096,
};

static const char SOURCE_HINT[] =
    "get cifar-10-binary.tar.gz or cifar-10-python.tar.gz from https://www.cs.toronto.edu/~kriz/cifar.html and unpack "
    "it there with `tar xzf`, or say with --data where it is";

static const char *const BUILT_IN_NAMES[CLASSES] = {
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
};

/* ---- Files ----------------------------------------------------------------------------------------------------- */

static void join(const struct nc_data *data, char *path, const char *folder, const char *name)
{
    if (snprintf(path, PATH_ROOM, "%s/%s", folder, name) >= PATH_ROOM)
        nc_fail(data->run, NULL, "%s: the path %s/%s is too long", data->name, folder, name);
}

static int exists(const struct nc_data *data, const char *folder, const char *name)
{
    char path[PATH_ROOM];
    struct stat status;
    join(data, path, folder, name);
    return stat(path, &status) == 0;
}

/* One file of the set, looked through by any thread: what is wrong is noted, and told by the one that loads the set. */
struct batch {
    const struct nc_data *data;
    char path[PATH_ROOM];
    const unsigned char *bytes; /* the whole file, mapped */
    size_t size;
    const unsigned char *samples;
    int *labels;                /* [BATCH] */
    const char *hint;
    char error[PATH_ROOM + 256]; /* "": nothing is wrong */
};

__attribute__((format(printf, 3, 4)))
static void note_error(struct batch *batch, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(batch->error, sizeof batch->error, format, arguments);
    va_end(arguments);
    batch->hint = hint;
}

static void map_batch(struct batch *batch)
{
    int error = nc_map_file(batch->data, batch->path, &batch->bytes, &batch->size);
    if (error == EISDIR || error == ENODEV)
        note_error(batch, NULL, "CIFAR10 cannot read %s: it is no regular file", batch->path);
    else if (error)
        note_error(batch, error == ENOENT ? SOURCE_HINT : NULL, "CIFAR10 cannot open %s: %s", batch->path,
                   strerror(error));
}

/* Whether a label will do; the first one that doesn't is noted. */
static bool check_label(struct batch *batch, int record, long long label)
{
    if (label >= 0 && label < CLASSES)
        return true;
    note_error(batch, "the file is damaged; unpack it again",
               "%s: record %d has the label %lld; 0 to %d are possible", batch->path, record, label, CLASSES - 1);
    return false;
}

/* ---- Binary batches -------------------------------------------------------------------------------------------- */

static void read_binary(void *context, int index, int thread)
{
    struct batch *batch = (struct batch *)context + index;
    (void)thread;
    if (batch->error[0])
        return;
    if (batch->size != (size_t)BATCH * RECORD) {
        note_error(batch, "the download or the unpacking was cut short; unpack it again",
                   "%s has %zu bytes; %zu are expected (%d records of %d)", batch->path, batch->size,
                   (size_t)BATCH * RECORD, BATCH, RECORD);
        return;
    }
    batch->samples = batch->bytes + 1; /* a record begins with its label */
    for (int i = 0; i < BATCH; i++) {
        batch->labels[i] = batch->bytes[(size_t)i * RECORD];
        if (!check_label(batch, i, batch->labels[i]))
            return;
    }
}

/* ---- Python batches -------------------------------------------------------------------------------------------- */

static void note_python(struct batch *batch, const char *what)
{
    note_error(batch, "the download or the unpacking was cut short, or this is another file; unpack it again",
               "%s is no batch of CIFAR-10: %s", batch->path, what);
}

/* The elements of a pickled numpy array of bytes, 10000 by 3072: the last item of the state that BUILD gives it. */
static const unsigned char *array_bytes(struct nc_pickle *pickle, const struct nc_pickle_value *array, size_t *size)
{
    const struct nc_pickle_value *state = array && array->kind == NC_PICKLE_CALL ? array->state : NULL;
    const unsigned char *bytes = NULL;
    if (!state || state->kind != NC_PICKLE_TUPLE || state->items.count != 5
        || !nc_pickle_bytes(pickle, state->items.data[4], &bytes, size))
        return NULL;
    return bytes;
}

static void take_labels(struct batch *batch, const struct nc_pickle_value *labels)
{
    for (int i = 0; i < BATCH; i++) {
        const struct nc_pickle_value *label = labels->items.data[i];
        if (label->kind != NC_PICKLE_INTEGER) {
            note_python(batch, "a label is no integer");
            return;
        }
        if (!check_label(batch, i, label->integer))
            return;
        batch->labels[i] = (int)label->integer;
    }
}

/* The samples stay where they are in the file, unless it spells them in another way than byte for byte. */
static void take_samples(struct batch *batch, const unsigned char *bytes, size_t size)
{
    batch->samples = bytes;
    if (bytes >= batch->bytes && bytes < batch->bytes + batch->size)
        return;
    unsigned char *copy = nc_memory(batch->data->run, (long long)size, 1, "CIFAR-10");
    memcpy(copy, bytes, size);
    batch->samples = copy;
}

static void read_python(void *context, int index, int thread)
{
    struct batch *batch = (struct batch *)context + index;
    struct nc_pickle pickle;
    size_t size = 0;
    (void)thread;
    if (batch->error[0])
        return;
    if (nc_pickle_read(&pickle, batch->bytes, batch->size)) {
        const struct nc_pickle_value *labels = nc_pickle_get(pickle.root, "labels");
        const unsigned char *bytes = array_bytes(&pickle, nc_pickle_get(pickle.root, "data"), &size);
        if (!labels || labels->kind != NC_PICKLE_LIST || labels->items.count != BATCH)
            note_python(batch, "it has no list of 10000 `labels`");
        else if (!bytes || size != (size_t)BATCH * PIXELS)
            note_python(batch, "its `data` are not 10000 pictures of 3072 bytes");
        else
            take_labels(batch, labels);
        if (!batch->error[0])
            take_samples(batch, bytes, size);
    } else {
        char what[256];
        snprintf(what, sizeof what, "%s (it has %zu bytes; about 31 million are expected)", pickle.error, batch->size);
        note_python(batch, what);
    }
    nc_pickle_free(&pickle);
}

/* ---- Class names ----------------------------------------------------------------------------------------------- */

/* The names in batches.meta, or NULL when the file is missing or holds something else. */
static const char **read_names(const struct nc_data *data, const char *folder, int python)
{
    char path[PATH_ROOM];
    struct nc_pickle pickle = {0};
    size_t size, count = 0;
    if (!exists(data, folder, python ? "batches.meta" : "batches.meta.txt"))
        return NULL;
    const char **names = nc_memory(data->run, CLASSES, sizeof *names, "class names");
    const unsigned char *file;
    join(data, path, folder, python ? "batches.meta" : "batches.meta.txt");
    int error = nc_map_file(data, path, &file, &size);
    if (error)
        nc_fail(data->run, NULL, "%s: CIFAR10 cannot read %s: %s", data->name, path, strerror(error));
    if (python && nc_pickle_read(&pickle, file, size)) {
        const struct nc_pickle_value *list = nc_pickle_get(pickle.root, "label_names");
        for (size_t i = 0; list && list->kind == NC_PICKLE_LIST && i < list->items.count && count < CLASSES; i++) {
            const struct nc_pickle_value *name = list->items.data[i];
            if (name->kind == NC_PICKLE_STRING || name->kind == NC_PICKLE_BYTES)
                names[count++] = strndup((const char *)name->bytes.data, name->bytes.size);
        }
    } else if (!python) {
        for (size_t start = 0, end; start < size && count < CLASSES; start = end + 1) {
            for (end = start; end < size && file[end] != '\n' && file[end] != '\r'; end++)
                ;
            if (end > start)
                names[count++] = strndup((const char *)file + start, end - start);
        }
    }
    nc_pickle_free(&pickle);
    nc_unmap_file(file);
    for (size_t i = 0; i < CLASSES; i++) {
        if (!names[i])
            return NULL;
    }
    return names;
}

/* ---- The data set ---------------------------------------------------------------------------------------------- */

static void copy_root(const struct nc_data *data, char *folder, const char *root)
{
    if (snprintf(folder, PATH_ROOM, "%s", root) >= PATH_ROOM)
        nc_fail(data->run, NULL, "%s: the path %s is too long", data->name, root);
}

/* The folder of the batches, below the root or the root itself; *python tells which form. */
static void find_folder(const struct nc_data *data, char *folder, int *python)
{
    const struct nc_data_own *own = data->own;
    const char *root = nc_data_root(data->run, own->root);
    *python = 0;
    if (exists(data, root, "cifar-10-batches-bin")) {
        join(data, folder, root, "cifar-10-batches-bin");
    } else if (exists(data, root, "cifar-10-batches-py")) {
        join(data, folder, root, "cifar-10-batches-py");
        *python = 1;
    } else if (exists(data, root, "data_batch_1.bin") || exists(data, root, "test_batch.bin")) {
        copy_root(data, folder, root);
    } else if (exists(data, root, "data_batch_1") || exists(data, root, "test_batch")) {
        copy_root(data, folder, root);
        *python = 1;
    } else {
        nc_fail(data->run, SOURCE_HINT,
                "%s: there is no CIFAR-10 in %s: neither %s/cifar-10-batches-bin nor %s/cifar-10-batches-py nor the "
                "batches themselves", data->name, root, root, root);
    }
}

static void load(struct nc_data *data)
{
    const struct nc_data_own *own = data->own;
    char folder[PATH_ROOM], name[32];
    int python, count = own->train ? TRAIN_FILES : 1;
    find_folder(data, folder, &python);
    struct batch *batches = nc_memory(data->run, count, sizeof *batches, "CIFAR-10");
    const unsigned char **parts = nc_memory(data->run, count, sizeof *parts, "CIFAR-10");
    int *labels = nc_memory(data->run, (long long)count * BATCH, sizeof *labels, "the labels of CIFAR-10");
    for (int i = 0; i < count; i++) {
        if (own->train)
            snprintf(name, sizeof name, "data_batch_%d%s", i + 1, python ? "" : ".bin");
        else
            snprintf(name, sizeof name, "test_batch%s", python ? "" : ".bin");
        join(data, batches[i].path, folder, name);
        batches[i].data = data;
        batches[i].labels = labels + (size_t)i * BATCH;
        map_batch(&batches[i]);
    }
    nc_pool_run(data->run->pool, count, python ? read_python : read_binary, batches);
    for (int i = 0; i < count; i++) {
        if (batches[i].error[0])
            nc_fail(data->run, batches[i].hint, "%s: %s", data->name, batches[i].error);
        parts[i] = batches[i].samples;
    }
    free(batches);
    data->count = (long long)count * BATCH;
    data->sample_bytes = python ? PIXELS : RECORD;
    data->parts = parts;
    data->part_samples = BATCH;
    data->labels = labels;
    const char **names = read_names(data, folder, python);
    nc_data_finish(data, CHANNELS, SIDE, SIDE, CLASSES, names ? names : BUILT_IN_NAMES);
}

struct nc_data *nc_cifar10(struct nc_run *run, const char *name, const char *root, int train)
{
    return nc_data_new(run, name, "CIFAR10", root, train, load);
}
