/* CIFAR-10, in either form that https://www.cs.toronto.edu/~kriz/cifar.html gives it: binary batches (one label byte
 * and 3072 pixels a record) or Python pickles. Both hold the same 60000 pictures in the same order, channels first. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Opens a batch; its size in *size. */
static int open_batch(const struct nc_data *data, const char *path, size_t *size)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        nc_fail(data->run, errno == ENOENT ? SOURCE_HINT : NULL, "%s: CIFAR10 cannot open %s: %s", data->name, path,
                strerror(errno));
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        nc_fail(data->run, NULL, "%s: CIFAR10 cannot read %s: it is no regular file", data->name, path);
    *size = (size_t)status.st_size;
    return file;
}

/* A whole file, as read-only memory; `size` may be 0. */
static const unsigned char *map_file(const struct nc_data *data, const char *path, size_t *size)
{
    int file = open_batch(data, path, size);
    void *bytes = *size ? mmap(NULL, *size, PROT_READ, MAP_PRIVATE, file, 0) : NULL;
    if (bytes == MAP_FAILED)
        nc_fail(data->run, NULL, "%s: CIFAR10 cannot read %s: %s", data->name, path, strerror(errno));
    close(file);
    return bytes;
}

static void unmap_file(const unsigned char *bytes, size_t size)
{
    if (size)
        munmap((void *)bytes, size);
}

static int check_label(const struct nc_data *data, const char *path, int record, long long label)
{
    if (label < 0 || label >= CLASSES)
        nc_fail(data->run, "the file is damaged; unpack it again",
                "%s: %s: record %d has the label %lld; 0 to %d are possible", data->name, path, record, label,
                CLASSES - 1);
    return (int)label;
}

/* ---- Binary batches -------------------------------------------------------------------------------------------- */

/* Reads a file straight into its place among the records. */
static void read_binary(const struct nc_data *data, const char *path, unsigned char *records, int *labels)
{
    size_t size, wanted = (size_t)BATCH * RECORD, done = 0;
    int file = open_batch(data, path, &size);
    if (size != wanted)
        nc_fail(data->run, "the download or the unpacking was cut short; unpack it again",
                "%s: %s has %zu bytes; %zu are expected (%d records of %d)", data->name, path, size, wanted, BATCH,
                RECORD);
    while (done < wanted) {
        ssize_t got = read(file, records + done, wanted - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            nc_fail(data->run, NULL, "%s: CIFAR10 cannot read %s: %s", data->name, path,
                    got < 0 ? strerror(errno) : "it became shorter while it was read");
        done += (size_t)got;
    }
    close(file);
    for (int i = 0; i < BATCH; i++)
        labels[i] = check_label(data, path, i, records[(size_t)i * RECORD]);
}

/* ---- Python batches -------------------------------------------------------------------------------------------- */

_Noreturn static void fail_python(const struct nc_data *data, const char *path, const char *what)
{
    nc_fail(data->run, "the download or the unpacking was cut short, or this is another file; unpack it again",
            "%s: %s is no batch of CIFAR-10: %s", data->name, path, what);
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

static void read_python(const struct nc_data *data, const char *path, unsigned char *samples, int *labels)
{
    size_t file_size, size = 0;
    const unsigned char *file = map_file(data, path, &file_size);
    struct nc_pickle pickle;
    if (!nc_pickle_read(&pickle, file, file_size)) {
        char what[256];
        snprintf(what, sizeof what, "%s (it has %zu bytes; about 31 million are expected)", pickle.error, file_size);
        fail_python(data, path, what);
    }
    const struct nc_pickle_value *names = nc_pickle_get(pickle.root, "labels");
    const unsigned char *bytes = array_bytes(&pickle, nc_pickle_get(pickle.root, "data"), &size);
    if (!names || names->kind != NC_PICKLE_LIST || names->items.count != BATCH)
        fail_python(data, path, "it has no list of 10000 `labels`");
    if (!bytes || size != (size_t)BATCH * PIXELS)
        fail_python(data, path, "its `data` are not 10000 pictures of 3072 bytes");
    memcpy(samples, bytes, size);
    for (int i = 0; i < BATCH; i++) {
        const struct nc_pickle_value *label = names->items.data[i];
        if (label->kind != NC_PICKLE_INTEGER)
            fail_python(data, path, "a label is no integer");
        labels[i] = check_label(data, path, i, label->integer);
    }
    nc_pickle_free(&pickle);
    unmap_file(file, file_size);
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
    join(data, path, folder, python ? "batches.meta" : "batches.meta.txt");
    const unsigned char *file = map_file(data, path, &size);
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
    unmap_file(file, size);
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
    char folder[PATH_ROOM], path[PATH_ROOM], name[32];
    int python, files = own->train ? TRAIN_FILES : 1;
    find_folder(data, folder, &python);
    long long stride = python ? PIXELS : RECORD;
    unsigned char *bytes = nc_memory(data->run, (long long)files * BATCH, stride, "CIFAR-10");
    int *labels = nc_memory(data->run, (long long)files * BATCH, sizeof *labels, "the labels of CIFAR-10");
    for (int i = 0; i < files; i++) {
        if (own->train)
            snprintf(name, sizeof name, "data_batch_%d%s", i + 1, python ? "" : ".bin");
        else
            snprintf(name, sizeof name, "test_batch%s", python ? "" : ".bin");
        join(data, path, folder, name);
        unsigned char *place = bytes + (long long)i * BATCH * stride;
        if (python)
            read_python(data, path, place, labels + i * BATCH);
        else
            read_binary(data, path, place, labels + i * BATCH);
    }
    data->count = (long long)files * BATCH;
    data->sample_bytes = stride;
    data->samples = python ? bytes : bytes + 1; /* a binary record begins with its label */
    data->labels = labels;
    const char **names = read_names(data, folder, python);
    nc_data_finish(data, CHANNELS, SIDE, SIDE, CLASSES, names ? names : BUILT_IN_NAMES);
}

struct nc_data *nc_cifar10(struct nc_run *run, const char *name, const char *root, int train)
{
    return nc_data_new(run, name, "CIFAR10", root, train, load);
}
