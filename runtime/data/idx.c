/* MNIST and its kin: FashionMNIST, KMNIST, QMNIST, EMNIST, in torchvision's folders. Pictures and labels are idx files
 * (two zero bytes, the type of the elements, the number of axes, the extent of each axis as four bytes, the elements;
 * all big-endian), plain or compressed by gzip. The pictures of a plain file stay where they are. */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "system/endian.h"
#include "files.h"

enum {
    SIDE = 28,
    PIXELS = SIDE * SIDE,
    QMNIST_INTS = 8, /* of a picture's label: the class, then who wrote it */
    TYPE_BYTE = 0x08,
    TYPE_INT = 0x0c,
    MOST_AXES = 3,
    HEADER = 4, /* bytes before the extents */
    PATH_ROOM = 4096,
    NAME_ROOM = 64,
};

/* What is to be read. */
struct idx_set {
    const char *kind; /* "MNIST", which is its folder too */
    char images[NAME_ROOM], labels[NAME_ROOM];
    char other[NAME_ROOM]; /* the pictures of the other part */
    int wide;              /* labels are eight ints, not a byte */
    long long first, most; /* which of the pictures; most: 0: all behind the first */
    int classes;
    const char *const *names; /* [classes] */
};

/* An idx file in memory. */
struct idx_file {
    char *path;
    const unsigned char *bytes; /* of the elements */
    unsigned char *unpacked;    /* the same, to be freed; NULL: they lie in the file */
    int axes;
    unsigned extent[MOST_AXES];
};

/* ---- Class names, as torchvision has them ------------------------------------------------------------------------ */

static const char *const DIGITS[] = {
    "0 - zero", "1 - one", "2 - two", "3 - three", "4 - four", "5 - five", "6 - six", "7 - seven", "8 - eight",
    "9 - nine",
};
static const char *const CLOTHES[] = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
};
static const char *const KANA[] = {"o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"};

#define NAMES_0_9 "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"
#define NAMES_A_Z \
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", \
    "W", "X", "Y", "Z"
#define NAMES_a_z \
    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", \
    "w", "x", "y", "z"
static const char *const BY_CLASS[] = {NAMES_0_9, NAMES_A_Z, NAMES_a_z};
static const char *const BY_MERGE[] = {NAMES_0_9, NAMES_A_Z, "a", "b", "d", "e", "f", "g", "h", "n", "q", "r", "t"};
static const char *const LETTERS[] = {"N/A", NAMES_a_z};

static const struct {
    const char *split;
    const char *const *names;
    int classes;
} EMNIST_SPLITS[] = {
    {"byclass", BY_CLASS, 62}, {"bymerge", BY_MERGE, 47}, {"balanced", BY_MERGE, 47},
    {"letters", LETTERS, 27},  {"digits", BY_CLASS, 10},  {"mnist", BY_CLASS, 10},
};

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static const char DAMAGED_HINT[] = "the download or the unpacking was cut short, or this is another file; get it again";

/* What an idx file begins with. */
struct header {
    const char *path;
    int type, axes; /* as they must be */
    unsigned extent[MOST_AXES];
    size_t bytes; /* of the elements */
};

static size_t header_bytes(const struct header *h)
{
    return HEADER + 4 * (size_t)h->axes;
}

/* Reads the header of `size` bytes that have one if they are enough. */
static void read_header(const struct nc_data *data, struct header *h, const unsigned char *bytes, size_t size)
{
    if (size < header_bytes(h))
        nc_fail(data->run, DAMAGED_HINT, "%s: %s has %zu bytes, fewer than an idx file begins with", data->name,
                h->path, size);
    if (bytes[0] || bytes[1] || bytes[2] != h->type || bytes[3] != h->axes)
        nc_fail(data->run, DAMAGED_HINT,
                "%s: %s begins with the bytes %02x %02x %02x %02x; an idx file of %s has 00 00 %02x %02x", data->name,
                h->path, bytes[0], bytes[1], bytes[2], bytes[3], h->axes == 3 ? "pictures" : "labels", h->type,
                h->axes);
    h->bytes = h->type == TYPE_INT ? 4 : 1;
    for (int i = 0; i < h->axes; i++) {
        const unsigned char *at = bytes + HEADER + 4 * (size_t)i;
        h->extent[i] = (unsigned)nc_big(at, 4);
        if (i > 0 && h->extent[i] > 4096) /* so the product of three fits */
            nc_fail(data->run, DAMAGED_HINT, "%s: %s has an axis of %u", data->name, h->path, h->extent[i]);
        h->bytes *= h->extent[i];
    }
}

static void check_size(const struct nc_data *data, const struct header *h, size_t size)
{
    if (size != header_bytes(h) + h->bytes)
        nc_fail(data->run, DAMAGED_HINT, "%s: %s has %zu bytes; %zu are expected of its %u samples", data->name,
                h->path, size, header_bytes(h) + h->bytes, h->extent[0]);
}

/* A gzip file being unpacked. */
struct unpacking {
    z_stream stream;
    const unsigned char *at, *end; /* what has not been handed to zlib yet */
    int status;                    /* zlib's last */
};

/* The next bytes of it: as many as there are, at most `size`. False when it is damaged. */
static int unpack(struct unpacking *u, unsigned char *to, size_t size, size_t *got)
{
    enum { CHUNK = 1 << 30 }; /* zlib counts in unsigned ints */
    u->status = Z_OK;
    *got = 0;
    while (*got < size && u->status == Z_OK) {
        if (u->stream.avail_in == 0) {
            size_t chunk = u->end - u->at < CHUNK ? (size_t)(u->end - u->at) : CHUNK;
            u->stream.next_in = (unsigned char *)u->at; /* zlib does not write there */
            u->stream.avail_in = (unsigned)chunk;
            u->at += chunk;
        }
        unsigned capacity = size - *got < CHUNK ? (unsigned)(size - *got) : CHUNK;
        u->stream.next_out = to + *got;
        u->stream.avail_out = capacity;
        u->status = inflate(&u->stream, Z_NO_FLUSH);
        *got += capacity - u->stream.avail_out;
    }
    return u->status == Z_OK || u->status == Z_STREAM_END;
}

/* What is in a gzip file. Its header says how much that is: more than gzip can pack so small is not believed. */
static unsigned char *unpack_file(const struct nc_data *data, struct header *h, const unsigned char *bytes,
                                  size_t size)
{
    enum { MOST_RATIO = 1032 }; /* of deflate */
    unsigned char header[HEADER + 4 * MOST_AXES] = {0}, more;
    size_t got, rest;
    if (size < 2 || bytes[0] != 0x1f || bytes[1] != 0x8b)
        nc_fail(data->run, DAMAGED_HINT, "%s: %s is no gzip file", data->name, h->path);
    struct unpacking u = {.at = bytes, .end = bytes + size};
    if (inflateInit2(&u.stream, 16 + MAX_WBITS) != Z_OK) /* 16: gzip's frame */
        nc_fail(data->run, NULL, "%s: no memory to unpack %s", data->name, h->path);
    int good = unpack(&u, header, header_bytes(h), &got);
    if (u.status == Z_MEM_ERROR) /* its window, taken with the first bytes */
        nc_fail(data->run, NULL, "%s: no memory to unpack %s", data->name, h->path);
    read_header(data, h, header, got);
    if (h->bytes / MOST_RATIO > size)
        nc_fail(data->run, DAMAGED_HINT, "%s: %s has %zu bytes, too few for the %u samples that it claims",
                data->name, h->path, size, h->extent[0]);
    unsigned char *elements = nc_memory(data->run, (long long)h->bytes, 1, h->path);
    good = good && unpack(&u, elements, h->bytes, &got) && got == h->bytes;
    good = good && unpack(&u, &more, 1, &rest) && rest == 0 && u.stream.avail_in == 0 && u.at == u.end;
    if (!good)
        nc_fail(data->run, DAMAGED_HINT, "%s: %s cannot be unpacked: %s", data->name, h->path,
                u.stream.msg ? u.stream.msg : got < h->bytes ? "it ends too early" : "there is more than is expected");
    inflateEnd(&u.stream);
    return elements;
}

/* Reads folder/name, or folder/name.gz where that is what there is. */
static struct idx_file read_idx(const struct nc_data *data, const char *folder, const char *name, int type, int axes)
{
    const unsigned char *bytes;
    size_t size;
    char *path = nc_memory(data->run, PATH_ROOM, 1, "a path");
    struct header h = {.path = path, .type = type, .axes = axes};
    if (snprintf(path, PATH_ROOM, "%s/%s.gz", folder, name) >= PATH_ROOM)
        nc_fail(data->run, NULL, "%s: the path %s is too long", data->name, folder);
    size_t plain = strlen(path) - strlen(".gz");
    path[plain] = 0;
    int error = nc_map_file(data->run, data->name, path, &bytes, &size);
    if (error == ENOENT) {
        path[plain] = '.';
        error = nc_map_file(data->run, data->name, path, &bytes, &size);
    }
    if (error)
        nc_fail(data->run, error == ENOENT ? "the other file of this part is there; get this one too" : NULL,
                "%s: cannot open %s: %s", data->name, path, strerror(error));
    struct idx_file file = {.path = path, .axes = axes};
    if (path[plain] == '.') {
        file.bytes = file.unpacked = unpack_file(data, &h, bytes, size);
        nc_unmap_file(bytes);
    } else {
        read_header(data, &h, bytes, size);
        check_size(data, &h, size);
        file.bytes = bytes + header_bytes(&h);
    }
    memcpy(file.extent, h.extent, sizeof file.extent);
    return file;
}

/* ---- The data sets ----------------------------------------------------------------------------------------------- */

/* Whether the file, plain or packed, is in the folder. */
static int exists(const struct nc_data *data, const char *folder, const char *name)
{
    static const char *const endings[] = {"", ".gz"};
    char path[PATH_ROOM];
    int found = 0;
    for (int i = 0; i < 2; i++)
        found |= snprintf(path, sizeof path, "%s/%s%s", folder, name, endings[i]) < PATH_ROOM
                 && nc_is_there(data->run, data->name, path);
    return found;
}

/* The folder that has the file: root/KIND/raw, where torchvision has it, or root/raw, or the root itself. */
static int look_for(const struct nc_data *data, const struct idx_set *set, const char *root, const char *name,
                    char *folder)
{
    char raw[NAME_ROOM];
    const char *const below[] = {raw, "/raw", ""};
    snprintf(raw, sizeof raw, "/%s/raw", set->kind);
    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        if (snprintf(folder, PATH_ROOM, "%s%s", root, below[i]) >= PATH_ROOM)
            nc_fail(data->run, NULL, "%s: the path %s is too long", data->name, root);
        if (exists(data, folder, name))
            return 1;
    }
    return 0;
}

static void find_folder(const struct nc_data *data, const struct idx_set *set, char *folder)
{
    const struct nc_data_own *own = data->own;
    const char *root = nc_data_root(data->run, own->root);
    int found = look_for(data, set, root, set->images, folder);
    if (own->fetch && !(found && exists(data, folder, set->labels))) {
        own->fetch(data);
        found = look_for(data, set, root, set->images, folder);
    }
    if (found)
        return;
    if (look_for(data, set, root, set->other, folder))
        nc_fail(data->run, own->train ? "get the training part too, or write train=False"
                                      : "get the test part too, or write train=True",
                "%s: there is no %s and no %s.gz in %s: only the %s part of %s is there", data->name, set->images,
                set->images, folder, own->train ? "test" : "training", set->kind);
    char hint[PATH_ROOM];
    snprintf(hint, sizeof hint, "%s(root, download=True) puts it there; or say with --data where it is", set->kind);
    nc_fail(data->run, hint, "%s: there is no %s in %s: no %s, plain or .gz, in %s/%s/raw, in %s/raw or in %s itself",
            data->name, set->kind, root, set->images, root, set->kind, root, root);
}

static void take_labels(struct nc_data *data, const struct idx_set *set, const struct idx_file *file)
{
    int *labels = nc_memory(data->run, data->count, sizeof *labels, "the labels");
    for (long long i = 0; i < data->count; i++) {
        const unsigned char *at = file->bytes + (set->first + i) * (set->wide ? 4 * QMNIST_INTS : 1);
        long long label = set->wide ? (int)nc_big(at, 4) : *at;
        if (label < 0 || label >= set->classes)
            nc_fail(data->run, "the file is damaged; get it again", "%s: %s: sample %lld has the label %lld; 0 to %d "
                    "are possible", data->name, file->path, set->first + i, label, set->classes - 1);
        labels[i] = (int)label;
    }
    data->labels = labels;
}

static void load(struct nc_data *data)
{
    const struct idx_set *set = ((struct nc_data_own *)data->own)->set;
    char folder[PATH_ROOM];
    find_folder(data, set, folder);
    struct idx_file images = read_idx(data, folder, set->images, TYPE_BYTE, 3);
    struct idx_file labels = read_idx(data, folder, set->labels, set->wide ? TYPE_INT : TYPE_BYTE, set->wide ? 2 : 1);
    if (images.extent[1] != SIDE || images.extent[2] != SIDE)
        nc_fail(data->run, NULL, "%s: %s has pictures of %ux%u; those of %s are %dx%d", data->name, images.path,
                images.extent[1], images.extent[2], set->kind, SIDE, SIDE);
    if (set->wide && labels.extent[1] != QMNIST_INTS)
        nc_fail(data->run, NULL, "%s: %s has %u numbers a label; those of %s have %d", data->name, labels.path,
                labels.extent[1], set->kind, QMNIST_INTS);
    if (images.extent[0] != labels.extent[0])
        nc_fail(data->run, "the two files are not of the same part; get both again",
                "%s: %s has %u pictures, but %s has %u labels", data->name, images.path, images.extent[0], labels.path,
                labels.extent[0]);
    data->count = images.extent[0] > set->first ? images.extent[0] - set->first : 0;
    if (set->most && data->count > set->most)
        data->count = set->most;
    if (data->count < 1 || data->count > INT_MAX)
        nc_fail(data->run, NULL, "%s: %s has %u pictures", data->name, images.path, images.extent[0]);
    const unsigned char **parts = nc_memory(data->run, 1, sizeof *parts, set->kind);
    parts[0] = images.bytes + set->first * PIXELS;
    data->parts = parts;
    data->part_samples = data->count;
    data->sample_bytes = PIXELS;
    take_labels(data, set, &labels);
    data->own_numbers = 1;
    free(images.path);
    free(labels.path);
    free(labels.unpacked);
    nc_data_finish(data, 1, SIDE, SIDE, set->classes, set->names);
}

static const char *const *class_names(struct nc_data *data, int *count)
{
    const struct nc_data_own *own = data->own;
    const struct idx_set *set = own->set;
    *count = set->classes;
    return set->names;
}

/* A data set of `kind`; its files are to be set. */
static struct idx_set *add_set(struct nc_run *run, struct nc_data **data, const char *name, const char *kind,
                               const char *root, int train, int classes, const char *const *names)
{
    static const struct nc_size size = {SIDE, SIDE, 1};
    struct idx_set *set = nc_memory(run, 1, sizeof *set, kind);
    *set = (struct idx_set){.kind = kind, .classes = classes, .names = names};
    *data = nc_data_new(run, name, kind, root, train, load);
    ((struct nc_data_own *)(*data)->own)->set = set;
    nc_take_pictures(*data, &size, class_names);
    return set;
}

static struct nc_data *open_plain(struct nc_run *run, const char *name, const char *kind, const char *root, int train,
                                  const char *const *names)
{
    static const char *const parts[] = {"t10k", "train"};
    struct nc_data *data;
    struct idx_set *set = add_set(run, &data, name, kind, root, train, 10, names);
    snprintf(set->images, NAME_ROOM, "%s-images-idx3-ubyte", parts[train != 0]);
    snprintf(set->labels, NAME_ROOM, "%s-labels-idx1-ubyte", parts[train != 0]);
    snprintf(set->other, NAME_ROOM, "%s-images-idx3-ubyte", parts[train == 0]);
    return data;
}

struct nc_data *nc_mnist(struct nc_run *run, const char *name, const char *root, int train)
{
    return open_plain(run, name, "MNIST", root, train, DIGITS);
}

struct nc_data *nc_fashion_mnist(struct nc_run *run, const char *name, const char *root, int train)
{
    return open_plain(run, name, "FashionMNIST", root, train, CLOTHES);
}

struct nc_data *nc_kmnist(struct nc_run *run, const char *name, const char *root, int train)
{
    return open_plain(run, name, "KMNIST", root, train, KANA);
}

struct nc_data *nc_emnist(struct nc_run *run, const char *name, const char *root, const char *split, int train)
{
    static const char *const parts[] = {"test", "train"};
    for (size_t i = 0; i < sizeof EMNIST_SPLITS / sizeof *EMNIST_SPLITS; i++) {
        struct nc_data *data;
        if (strcmp(EMNIST_SPLITS[i].split, split) != 0)
            continue;
        struct idx_set *set = add_set(run, &data, name, "EMNIST", root, train, EMNIST_SPLITS[i].classes,
                                      EMNIST_SPLITS[i].names);
        snprintf(set->images, NAME_ROOM, "emnist-%s-%s-images-idx3-ubyte", split, parts[train != 0]);
        snprintf(set->labels, NAME_ROOM, "emnist-%s-%s-labels-idx1-ubyte", split, parts[train != 0]);
        snprintf(set->other, NAME_ROOM, "emnist-%s-%s-images-idx3-ubyte", split, parts[train == 0]);
        return data;
    }
    nc_fail(run, NULL, "EMNIST has no split %s", split);
}

struct nc_data *nc_qmnist(struct nc_run *run, const char *name, const char *root, const char *what, int train)
{
    enum { AS_MNIST = 10000 }; /* of the test part, which come first */
    if (!what)
        what = train ? "train" : "test";
    int test = strncmp(what, "test", 4) == 0;
    const char *files = test ? "qmnist-test" : strcmp(what, "nist") == 0 ? "xnist" : "qmnist-train";
    const char *other = test ? "qmnist-train" : "qmnist-test";
    struct nc_data *data;
    struct idx_set *set = add_set(run, &data, name, "QMNIST", root, !test, 10, DIGITS);
    snprintf(set->images, NAME_ROOM, "%s-images-idx3-ubyte", files);
    snprintf(set->labels, NAME_ROOM, "%s-labels-idx2-int", files);
    snprintf(set->other, NAME_ROOM, "%s-images-idx3-ubyte", other);
    set->wide = 1;
    set->first = strcmp(what, "test50k") == 0 ? AS_MNIST : 0;
    set->most = strcmp(what, "test10k") == 0 ? AS_MNIST : 0;
    return data;
}
