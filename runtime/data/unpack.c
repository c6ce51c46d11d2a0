#include "unpack.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

enum {
    PATH_ROOM = 4096,
    BUFFER = 1 << 16,
    BLOCK = 512,          /* of a tar file */
    GZIP_WINDOW = 16 + 15 /* inflateInit2: gzip, any window */
};

static const long long MOST_BYTES = 1LL << 32; /* unpacked; what gives more is no data set */

__attribute__((format(printf, 2, 3))) static int refuse(char *error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(error, NC_UNPACK_ERROR, format, list);
    va_end(list);
    return 0;
}

/* Takes unpacked bytes: 1, or 0 with a sentence. */
struct taker {
    int (*take)(struct taker *taker, const unsigned char *bytes, size_t count);
    char *error;
};

/* ---- gzip -------------------------------------------------------------------------------------------------------- */

/* One buffer of packed bytes; `ended`: a gzip member ended with its last byte. */
static int inflate_buffer(z_stream *stream, const char *packed, struct taker *taker, int *ended)
{
    unsigned char unpacked[BUFFER];
    while (stream->avail_in > 0) {
        if (*ended && inflateReset(stream) != Z_OK)
            return refuse(taker->error, "cannot unpack %s: zlib fails", packed);
        stream->next_out = unpacked;
        stream->avail_out = BUFFER;
        int status = inflate(stream, Z_NO_FLUSH);
        if (status == Z_MEM_ERROR)
            return refuse(taker->error, "cannot unpack %s: there is no memory", packed);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return refuse(taker->error, "%s is damaged: %s", packed, stream->msg ? stream->msg : "zlib fails");
        *ended = status == Z_STREAM_END;
        if (!taker->take(taker, unpacked, BUFFER - stream->avail_out))
            return 0;
    }
    return 1;
}

static int inflate_file(FILE *file, const char *packed, struct taker *taker)
{
    unsigned char bytes[BUFFER];
    z_stream stream = {0};
    int done = 1, ended = 0;
    size_t got;
    if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
        return refuse(taker->error, "cannot unpack %s: there is no memory", packed);
    while (done && (got = fread(bytes, 1, sizeof bytes, file)) > 0) {
        stream.next_in = bytes;
        stream.avail_in = (uInt)got;
        done = inflate_buffer(&stream, packed, taker, &ended);
    }
    inflateEnd(&stream);
    if (done && ferror(file))
        return refuse(taker->error, "cannot read %s", packed);
    if (done && !ended)
        return refuse(taker->error, "%s is cut short", packed);
    return done;
}

/* Unpacks the file; all its bytes go to the taker. */
static int unpack(const char *packed, struct taker *taker)
{
    FILE *file = fopen(packed, "rb");
    if (!file)
        return refuse(taker->error, "cannot open %s: %s", packed, strerror(errno));
    int done = inflate_file(file, packed, taker);
    fclose(file);
    return done;
}

/* ---- A file that is written -------------------------------------------------------------------------------------- */

struct output {
    struct taker taker;
    char path[PATH_ROOM]; /* where it is written */
    FILE *file;
    long long written; /* of all files */
};

static int open_output(struct output *output)
{
    output->file = fopen(output->path, "wb");
    return output->file ? 1 : refuse(output->taker.error, "cannot write %s: %s", output->path, strerror(errno));
}

static int write_output(struct output *output, const unsigned char *bytes, size_t count)
{
    output->written += (long long)count;
    if (output->written > MOST_BYTES)
        return refuse(output->taker.error, "%s would be larger than %lld bytes", output->path, MOST_BYTES);
    if (fwrite(bytes, 1, count, output->file) != count)
        return refuse(output->taker.error, "cannot write %s: %s", output->path, strerror(errno));
    return 1;
}

static int close_output(struct output *output)
{
    FILE *file = output->file;
    output->file = NULL;
    if (file && fclose(file))
        return refuse(output->taker.error, "cannot write %s: %s", output->path, strerror(errno));
    return 1;
}

/* ---- A file alone ------------------------------------------------------------------------------------------------ */

static int take_plain(struct taker *taker, const unsigned char *bytes, size_t count)
{
    return write_output((struct output *)taker, bytes, count);
}

int nc_unpack_gzip(const char *packed, const char *path, char error[NC_UNPACK_ERROR])
{
    struct output output = {.taker = {take_plain, error}};
    if (snprintf(output.path, PATH_ROOM, "%s.part", path) >= PATH_ROOM)
        return refuse(error, "the path %s is too long", path);
    int done = open_output(&output) && unpack(packed, &output.taker);
    done = close_output(&output) && done;
    if (done && rename(output.path, path))
        done = refuse(error, "cannot write %s: %s", path, strerror(errno));
    if (!done)
        unlink(output.path);
    return done;
}

/* ---- tar --------------------------------------------------------------------------------------------------------- */

/* Where the reading of the stream of blocks stands. */
struct tar {
    struct output output; /* the file whose bytes come */
    const char *packed, *folder;
    char partial[PATH_ROOM]; /* the folder that is written */
    unsigned char block[BLOCK];
    size_t held;          /* bytes of the block that are there */
    long long left;       /* bytes of the entry that are still to come, */
    int passed_over;      /* and whether they are wanted */
    int ended;            /* an empty block has come */
};

/* An octal number of a header; -1: it is none. */
static long long octal(const unsigned char *text, int digits)
{
    long long number = 0;
    int i = 0;
    while (i < digits && text[i] == ' ')
        i++;
    for (; i < digits && text[i] >= '0' && text[i] <= '7'; i++)
        number = number * 8 + text[i] - '0';
    return i == digits || text[i] == 0 || text[i] == ' ' ? number : -1;
}

static int sum_is_right(const unsigned char *header)
{
    long long sum = 0;
    for (int i = 0; i < BLOCK; i++)
        sum += i >= 148 && i < 156 ? ' ' : header[i];
    return sum == octal(header + 148, 8);
}

/* The name behind "FOLDER/"; "" for the folder itself; NULL: the entry does not belong there. */
static const char *name_in_folder(const struct tar *tar, const char *name)
{
    size_t length = strlen(tar->folder);
    if (!strncmp(name, "./", 2))
        name += 2;
    if (strncmp(name, tar->folder, length) || (name[length] != '/' && name[length] != 0))
        return NULL;
    name += length + (name[length] == '/');
    return strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, "..") ? NULL : name;
}

/* The header of an entry is in tar->block. */
static int begin_entry(struct tar *tar)
{
    char name[101], *error = tar->output.taker.error;
    const unsigned char *header = tar->block;
    int type = header[156];
    if (!memcmp(header, (unsigned char[BLOCK]){0}, BLOCK)) {
        tar->ended = 1;
        return 1;
    }
    tar->left = octal(header + 124, 12);
    if (!sum_is_right(header) || tar->left < 0)
        return refuse(error, "%s is damaged: it has no headers of a tar file", tar->packed);
    tar->passed_over = 1;
    if (type == 'g') /* attributes of them all */
        return 1;
    memcpy(name, header, 100);
    name[100] = 0;
    const char *in_folder = header[345] ? NULL : name_in_folder(tar, name); /* 345: names that are longer */
    if (type == '5' && in_folder && !*in_folder)
        return 1;
    if (!in_folder || !*in_folder || (type != '0' && type != 0))
        return refuse(error, "%s has an entry '%s', which is no file in its folder %s", tar->packed, name, tar->folder);
    tar->passed_over = 0;
    if (snprintf(tar->output.path, PATH_ROOM, "%s/%s", tar->partial, in_folder) >= PATH_ROOM)
        return refuse(error, "the path of %s is too long", name);
    return open_output(&tar->output) && (tar->left > 0 || close_output(&tar->output));
}

/* A whole block. */
static int take_block(struct tar *tar)
{
    if (tar->ended)
        return 1;
    if (tar->left == 0)
        return begin_entry(tar);
    size_t count = tar->left < BLOCK ? (size_t)tar->left : BLOCK;
    tar->left -= (long long)count;
    if (tar->passed_over)
        return 1;
    return write_output(&tar->output, tar->block, count) && (tar->left > 0 || close_output(&tar->output));
}

static int take_tar(struct taker *taker, const unsigned char *bytes, size_t count)
{
    struct tar *tar = (struct tar *)taker;
    while (count > 0) {
        size_t part = BLOCK - tar->held < count ? BLOCK - tar->held : count;
        memcpy(tar->block + tar->held, bytes, part);
        tar->held = (tar->held + part) % BLOCK;
        bytes += part;
        count -= part;
        if (tar->held == 0 && !take_block(tar))
            return 0;
    }
    return 1;
}

/* The folder as this file fills it: files, no folders. */
static void remove_folder(const char *folder)
{
    char path[PATH_ROOM];
    DIR *list = opendir(folder);
    for (struct dirent *entry; list && (entry = readdir(list));)
        if (snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < PATH_ROOM)
            unlink(path);
    if (list)
        closedir(list);
    rmdir(folder);
}

int nc_unpack_tar(const char *packed, const char *parent, const char *folder, char error[NC_UNPACK_ERROR])
{
    char path[PATH_ROOM];
    struct tar tar = {.output = {.taker = {take_tar, error}}, .packed = packed, .folder = folder};
    if (snprintf(path, PATH_ROOM, "%s/%s", parent, folder) >= PATH_ROOM ||
        snprintf(tar.partial, PATH_ROOM, "%s.part", path) >= PATH_ROOM)
        return refuse(error, "the path %s/%s is too long", parent, folder);
    if (mkdir(tar.partial, 0777) && errno != EEXIST)
        return refuse(error, "cannot make the folder %s: %s", tar.partial, strerror(errno));
    int done = unpack(packed, &tar.output.taker);
    done = close_output(&tar.output) && done;
    if (done && (tar.left > 0 || !tar.ended))
        done = refuse(error, "%s is cut short", packed);
    if (done && rename(tar.partial, path))
        done = refuse(error, "cannot make the folder %s: %s", path, strerror(errno));
    if (!done)
        remove_folder(tar.partial);
    return done;
}
