/* CIFAR-10 and CIFAR-100, in either form that https://www.cs.toronto.edu/~kriz/cifar.html gives them: binary batches
 * (a label byte, of CIFAR-100 the coarse and the fine one, and 3072 pixels a record) or Python pickles. Both hold the
 * same 60000 pictures in the same order, channels first. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/pickle.h"
#include "files.h"

enum {
    CHANNELS = 3,
    SIDE = 32,
    PIXELS = CHANNELS * SIDE * SIDE,
    MOST_FILES = 5,
    SHARES = 4, /* of a binary file, which threads look through side by side */
    PATH_ROOM = 4096,
};

/* The two forms, and what they call their files; an index of struct cifar's arrays. */
enum { BINARY, PYTHON, FORMS };

/* What tells the two sets apart. */
struct cifar {
    const char *kind;  /* "CIFAR10" */
    const char *title; /* "CIFAR-10" */
    int classes;
    int label_bytes;   /* of a binary record; the last one is the label */
    int train_files, test_files;
    int pictures[2];   /* in a file of the test part, of the training part */
    const char *labels, *names; /* what the pickles call them */
    const char *folder[FORMS], *names_file[FORMS];
    const char *files[FORMS][1 + MOST_FILES]; /* the test part's, and those of the training part */
    const char *const *built_in_names;        /* [classes]; NULL: class names are known from the file alone */
    const char *hint;  /* where to get it */
};

static const char *const CIFAR10_NAMES[] = {
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
};

#define SOURCE_HINT(set) \
    "write download=True; or get " set "-binary.tar.gz or " set "-python.tar.gz from " \
    "https://www.cs.toronto.edu/~kriz/cifar.html and unpack it there with `tar xzf`, or say with --data where it is"

static const struct cifar CIFAR10 = {
    .kind = "CIFAR10", .title = "CIFAR-10", .classes = 10, .label_bytes = 1, .train_files = 5, .test_files = 1,
    .pictures = {10000, 10000}, .labels = "labels", .names = "label_names",
    .folder = {"cifar-10-batches-bin", "cifar-10-batches-py"}, .names_file = {"batches.meta.txt", "batches.meta"},
    .files = {{"test_batch.bin", "data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
               "data_batch_5.bin"},
              {"test_batch", "data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"}},
    .built_in_names = CIFAR10_NAMES, .hint = SOURCE_HINT("cifar-10"),
};

static const struct cifar CIFAR100 = {
    .kind = "CIFAR100", .title = "CIFAR-100", .classes = 100, .label_bytes = 2, .train_files = 1, .test_files = 1,
    .pictures = {10000, 50000}, .labels = "fine_labels", .names = "fine_label_names",
    .folder = {"cifar-100-binary", "cifar-100-python"}, .names_file = {"fine_label_names.txt", "meta"},
    .files = {{"test.bin", "train.bin"}, {"test", "train"}}, .hint = SOURCE_HINT("cifar-100"),
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
    join(data, path, folder, name);
    return nc_is_there(data->run, data->name, path);
}

/* One file of the set, or a share of its records, looked through by any thread: what is wrong is noted, and told by the
 * one that loads the set. */
struct batch {
    const struct nc_data *data;
    const struct cifar *set;
    int pictures;               /* that the file has */
    int first, end;             /* the records to look at */
    char path[PATH_ROOM];
    const unsigned char *bytes; /* the whole file, mapped */
    size_t size;
    const unsigned char *samples;
    int *labels;                /* [pictures] */
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
    int error = nc_map_file(batch->data->run, batch->data->name, batch->path, &batch->bytes, &batch->size);
    if (error == EISDIR || error == ENODEV)
        note_error(batch, NULL, "%s cannot read %s: it is no regular file", batch->set->kind, batch->path);
    else if (error)
        note_error(batch, error == ENOENT ? batch->set->hint : NULL, "%s cannot open %s: %s", batch->set->kind,
                   batch->path, strerror(error));
}

/* Whether a label will do; the first one that doesn't is noted. */
static bool check_label(struct batch *batch, int record, long long label)
{
    if (label >= 0 && label < batch->set->classes)
        return true;
    note_error(batch, "the file is damaged; unpack it again",
               "%s: record %d has the label %lld; 0 to %d are possible", batch->path, record, label,
               batch->set->classes - 1);
    return false;
}

/* ---- Binary batches -------------------------------------------------------------------------------------------- */

static void read_binary(void *context, int index, int thread)
{
    struct batch *batch = (struct batch *)context + index;
    (void)thread;
    if (batch->error[0])
        return;
    const size_t label_bytes = (size_t)batch->set->label_bytes, record = label_bytes + PIXELS;
    const size_t expected = (size_t)batch->pictures * record;
    if (batch->size != expected) {
        note_error(batch, "the download or the unpacking was cut short; unpack it again",
                   "%s has %zu bytes; %zu are expected (%d records of %zu)", batch->path, batch->size, expected,
                   batch->pictures, record);
        return;
    }
    batch->samples = batch->bytes + label_bytes; /* a record begins with its labels */
    for (int i = batch->first; i < batch->end; i++) {
        batch->labels[i] = batch->bytes[(size_t)i * record + label_bytes - 1];
        if (!check_label(batch, i, batch->labels[i]))
            return;
    }
}

/* ---- Python batches -------------------------------------------------------------------------------------------- */

static void note_python(struct batch *batch, const char *what)
{
    note_error(batch, "the download or the unpacking was cut short, or this is another file; unpack it again",
               "%s is no batch of %s: %s", batch->path, batch->set->title, what);
}

/* The elements of a pickled numpy array of bytes, pictures by 3072: the last item of the state that BUILD gives it. */
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
    for (int i = 0; i < batch->pictures; i++) {
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
    unsigned char *copy = nc_memory(batch->data->run, (long long)size, 1, batch->set->title);
    memcpy(copy, bytes, size);
    batch->samples = copy;
}

static void read_python(void *context, int index, int thread)
{
    struct batch *batch = (struct batch *)context + index;
    struct nc_pickle pickle;
    size_t size = 0;
    char what[256];
    (void)thread;
    if (batch->error[0])
        return;
    if (nc_pickle_read(&pickle, batch->bytes, batch->size)) {
        const struct nc_pickle_value *labels = nc_pickle_get(pickle.root, batch->set->labels);
        const unsigned char *bytes = array_bytes(&pickle, nc_pickle_get(pickle.root, "data"), &size);
        if (!labels || labels->kind != NC_PICKLE_LIST || labels->items.count != (size_t)batch->pictures) {
            snprintf(what, sizeof what, "it has no list of %d `%s`", batch->pictures, batch->set->labels);
            note_python(batch, what);
        } else if (!bytes || size != (size_t)batch->pictures * PIXELS) {
            snprintf(what, sizeof what, "its `data` are not %d pictures of %d bytes", batch->pictures, PIXELS);
            note_python(batch, what);
        } else {
            take_labels(batch, labels);
        }
        if (!batch->error[0])
            take_samples(batch, bytes, size);
    } else {
        snprintf(what, sizeof what, "%s (it has %zu bytes; about %d million are expected)", pickle.error, batch->size,
                 (batch->pictures * (PIXELS + 20) + 500000) / 1000000);
        note_python(batch, what);
    }
    nc_pickle_free(&pickle);
}

/* ---- Class names ----------------------------------------------------------------------------------------------- */

/* The names in `folder`'s file of them, or NULL when it is missing or holds something else. */
static const char **read_names(const struct nc_data *data, const struct cifar *set, const char *folder, int form)
{
    char path[PATH_ROOM];
    struct nc_pickle pickle = {0};
    size_t size, count = 0, classes = (size_t)set->classes;
    if (!exists(data, folder, set->names_file[form]))
        return NULL;
    const char **names = nc_memory(data->run, set->classes, sizeof *names, "class names");
    const unsigned char *file;
    join(data, path, folder, set->names_file[form]);
    int error = nc_map_file(data->run, data->name, path, &file, &size);
    if (error)
        nc_fail(data->run, NULL, "%s: %s cannot read %s: %s", data->name, set->kind, path, strerror(error));
    if (form == PYTHON && nc_pickle_read(&pickle, file, size)) {
        const struct nc_pickle_value *list = nc_pickle_get(pickle.root, set->names);
        for (size_t i = 0; list && list->kind == NC_PICKLE_LIST && i < list->items.count && count < classes; i++) {
            const struct nc_pickle_value *name = list->items.data[i];
            if (name->kind == NC_PICKLE_STRING || name->kind == NC_PICKLE_BYTES)
                names[count++] = nc_memory_text(data->run, (const char *)name->bytes.data, name->bytes.size,
                                                "class names");
        }
    } else if (form == BINARY) {
        for (size_t start = 0, end; start < size && count < classes; start = end + 1) {
            for (end = start; end < size && file[end] != '\n' && file[end] != '\r'; end++)
                ;
            if (end > start)
                names[count++] = nc_memory_text(data->run, (const char *)file + start, end - start, "class names");
        }
    }
    nc_pickle_free(&pickle);
    nc_unmap_file(file);
    for (size_t i = 0; i < classes; i++) {
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

/* The folder of the batches, below the root or the root itself, and which form they have; -1: it is not there. */
static int look_for_folder(const struct nc_data *data, const struct cifar *set, const char *root, char *folder)
{
    for (int form = 0; form < FORMS; form++) {
        if (exists(data, root, set->folder[form])) {
            join(data, folder, root, set->folder[form]);
            return form;
        }
    }
    for (int form = 0; form < FORMS; form++) {
        if (exists(data, root, set->files[form][0]) || exists(data, root, set->files[form][1])) {
            copy_root(data, folder, root);
            return form;
        }
    }
    return -1;
}

static int find_folder(const struct nc_data *data, const struct cifar *set, char *folder)
{
    const struct nc_data_own *own = data->own;
    const char *root = nc_data_root(data->run, own->root);
    int form = look_for_folder(data, set, root, folder);
    if (form < 0 && own->fetch) {
        own->fetch(data);
        form = look_for_folder(data, set, root, folder);
    }
    if (form >= 0)
        return form;
    nc_fail(data->run, set->hint,
            "%s: there is no %s in %s: neither %s/%s nor %s/%s nor the batches themselves", data->name, set->title,
            root, root, set->folder[BINARY], root, set->folder[PYTHON]);
}

static void load(struct nc_data *data)
{
    const struct nc_data_own *own = data->own;
    const struct cifar *set = own->set;
    char folder[PATH_ROOM];
    int form = find_folder(data, set, folder), count = own->train ? set->train_files : set->test_files;
    int pictures = set->pictures[own->train != 0], shares = form == PYTHON ? 1 : SHARES, all = count * shares;
    struct batch *batches = nc_memory(data->run, all, sizeof *batches, set->title);
    const unsigned char **parts = nc_memory(data->run, count, sizeof *parts, set->title);
    int *labels = nc_memory(data->run, (long long)count * pictures, sizeof *labels, "the labels");
    for (int i = 0; i < all; i++) {
        struct batch *batch = &batches[i];
        int file = i / shares, share = i % shares;
        if (share > 0) {
            *batch = batch[-1];
        } else {
            join(data, batch->path, folder, set->files[form][own->train ? 1 + file : 0]);
            batch->data = data;
            batch->set = set;
            batch->pictures = pictures;
            batch->labels = labels + (size_t)file * pictures;
            map_batch(batch);
        }
        batch->first = pictures / shares * share;
        batch->end = share + 1 < shares ? batch->first + pictures / shares : pictures;
    }
    nc_pool_run(data->run->pool, all, form == PYTHON ? read_python : read_binary, batches);
    for (int i = 0; i < all; i++) {
        if (batches[i].error[0])
            nc_fail(data->run, batches[i].hint, "%s: %s", data->name, batches[i].error);
        parts[i / shares] = batches[i].samples;
    }
    free(batches);
    data->count = (long long)count * pictures;
    data->sample_bytes = form == PYTHON ? PIXELS : set->label_bytes + PIXELS;
    data->parts = parts;
    data->part_samples = pictures;
    data->labels = labels;
    data->own_numbers = 1;
    const char **names = read_names(data, set, folder, form);
    nc_data_finish(data, CHANNELS, SIDE, SIDE, set->classes,
                   names ? (const char *const *)names : set->built_in_names);
}

/* Those that are known without the files. */
static const char *const *names(struct nc_data *data, int *count)
{
    const struct nc_data_own *own = data->own;
    const struct cifar *set = own->set;
    *count = set->classes;
    return set->built_in_names;
}

static struct nc_data *open_set(struct nc_run *run, const char *name, const struct cifar *set, const char *root,
                                int train)
{
    static const struct nc_size size = {SIDE, SIDE, CHANNELS};
    struct nc_data *data = nc_data_new(run, name, set->kind, root, train, load);
    ((struct nc_data_own *)data->own)->set = set;
    nc_take_pictures(data, &size, names);
    return data;
}

struct nc_data *nc_cifar10(struct nc_run *run, const char *name, const char *root, int train)
{
    return open_set(run, name, &CIFAR10, root, train);
}

struct nc_data *nc_cifar100(struct nc_run *run, const char *name, const char *root, int train)
{
    return open_set(run, name, &CIFAR100, root, train);
}
