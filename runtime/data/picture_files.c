/* Data sets of picture files: all are looked at when the set is read, and decoded when a sample is wanted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/decode.h"
#include "files.h"
#include "pictures.h"

/* Bytes of a file that hold most headers, and how much more a header may be behind. */
enum { HEAD = 1 << 16, PATH_ROOM = 4200 };

#define MOST_FILE_BYTES (1ll << 40)

struct folder {
    void (*list)(struct nc_data *data, struct nc_files *files);
    struct nc_files files;
    struct nc_size *size; /* [count] */
    char **error;         /* [count] while files are looked at: what is wrong with each, or NULL */
    struct nc_preparer *preparers;
    int skip;             /* look at the whole of each file, and leave out those in which something is wrong */
    int tell;             /* leave out the files whose headers are wrong, and tell of each */
};

/* What `take` needs of a data set whose pictures are to come from other files. */
struct nc_other_files {
    struct nc_size size; /* width 0: any */
    nc_class_names *names;
};

static struct folder *folder_of(const struct nc_data *data)
{
    const struct nc_data_own *own = data->own;
    return own->pictures->own;
}

void *nc_picture_files_own(const struct nc_data *data)
{
    return folder_of(data)->files.own;
}

static void picture_name(const struct nc_data *data, long long sample, char *name, size_t capacity)
{
    const struct nc_file *file = &folder_of(data)->files.at[sample];
    if (file->name[0] == '/' || file->folder[0] == '\0')
        snprintf(name, capacity, "%s", file->name);
    else
        snprintf(name, capacity, "%s/%s", file->folder, file->name);
}

static struct nc_size picture_size(const struct nc_data *data, long long sample)
{
    return folder_of(data)->size[sample];
}

/* The size of a picture, from the header in the first `most` bytes of its file. */
static int scan(struct nc_preparer *me, const char *path, long long most, struct nc_size *size,
                char error[NC_IMAGE_ERROR])
{
    struct nc_image_header header;
    long long bytes = nc_read_file(me, path, most, error, NC_IMAGE_ERROR);
    if (bytes < 0 || !nc_image_scan(me->file, bytes, &header, error))
        return 0;
    *size = (struct nc_size){header.width, header.height, 3};
    return 1;
}

static int decode(struct nc_preparer *me, const char *path, char error[NC_IMAGE_ERROR])
{
    long long bytes = nc_read_file(me, path, MOST_FILE_BYTES, error, NC_IMAGE_ERROR);
    return bytes >= 0 && nc_image_decode(me->file, bytes, &me->image, error);
}

static int read_picture(struct nc_data *data, long long sample, struct nc_preparer *me, char *why, size_t capacity)
{
    char path[PATH_ROOM], error[NC_IMAGE_ERROR];
    struct nc_size size = picture_size(data, sample);
    picture_name(data, sample, path, sizeof path);
    if (!decode(me, path, error)) {
        snprintf(why, capacity, "%s: %s: %s", data->name, path, error);
        return 0;
    }
    if (me->image.width == size.width && me->image.height == size.height)
        return 1;
    snprintf(why, capacity, "%s: %s is %dx%d now, and was %dx%d when training began", data->name, path, me->image.width,
             me->image.height, size.width, size.height);
    return 0;
}

static const struct nc_picture_source source = {picture_size, read_picture, picture_name, 1};

/* ---- Loading ---------------------------------------------------------------------------------------------------- */

static char no_memory[] = NC_IMAGE_NO_MEMORY " to look at it";

static void look_at(void *context, int index, int thread)
{
    struct nc_data *data = context;
    struct folder *folder = folder_of(data);
    struct nc_preparer *me = &folder->preparers[thread];
    char path[PATH_ROOM], error[NC_IMAGE_ERROR] = "";
    picture_name(data, index, path, sizeof path);
    int good = scan(me, path, HEAD, &folder->size[index], error)
               || scan(me, path, MOST_FILE_BYTES, &folder->size[index], error);
    if (good && folder->skip)
        good = decode(me, path, error);
    if (!good && (folder->error[index] = strdup(error)) == NULL)
        folder->error[index] = no_memory;
}

/* Whether a sentence tells of no fault of the file: then it must not be left out. */
static int is_of_machine(const char *error)
{
    return strncmp(error, NC_IMAGE_NO_MEMORY, strlen(NC_IMAGE_NO_MEMORY)) == 0 ||
           strncmp(error, NC_IMAGE_NO_LIBRARY, strlen(NC_IMAGE_NO_LIBRARY)) == 0;
}

/* Leaves out the files in which something is wrong, or ends the program at the first one. Returns how many. */
static long long drop_broken(struct nc_data *data)
{
    struct folder *folder = folder_of(data);
    struct nc_files *files = &folder->files;
    long long kept = 0, broken = 0;
    for (long long i = 0; i < files->count; i++) {
        char path[PATH_ROOM];
        picture_name(data, i, path, sizeof path);
        int machine = folder->error[i] != NULL && is_of_machine(folder->error[i]);
        if (folder->error[i] != NULL && ((!folder->skip && !folder->tell) || machine))
            nc_fail(data->run, machine ? NULL
                    : "take the file away, or write on_error=\"skip\" to leave out what can't be read",
                    "%s: %s: %s", data->name, path, folder->error[i]);
        if (folder->error[i] != NULL) {
            if (folder->tell)
                nc_warn(data->run, "%s is left out: %s", path, folder->error[i]);
            else if (broken == 0)
                nc_warn(data->run, "%s: %s is left out: %s", data->name, path, folder->error[i]);
            broken++;
            free(folder->error[i]);
            if (!folder->tell) /* then they may be the command line's */
                free((char *)files->at[i].name);
            continue;
        }
        folder->size[kept] = folder->size[i];
        files->at[kept++] = files->at[i];
    }
    files->count = kept;
    return broken;
}

static void look_at_all(struct nc_data *data)
{
    struct nc_run *run = data->run;
    struct folder *folder = folder_of(data);
    int threads = nc_pool_threads(run->pool);
    long long count = folder->files.count;
    folder->size = nc_memory(run, count, sizeof *folder->size, data->kind);
    folder->error = nc_memory(run, count, sizeof *folder->error, data->kind);
    folder->preparers = nc_memory(run, threads, sizeof *folder->preparers, data->kind);
    nc_pool_run(run->pool, (int)count, look_at, data);
    for (int i = 0; i < threads; i++)
        nc_preparer_free(&folder->preparers[i]);
    long long broken = drop_broken(data);
    data->broken += (int)broken;
    free(folder->preparers);
    free(folder->error);
    char remark[80];
    snprintf(remark, sizeof remark, "%lld picture%s left out", broken, broken == 1 ? "" : "s");
    if (broken > 0)
        nc_data_remark(data, remark);
}

static void load(struct nc_data *data)
{
    struct folder *folder = folder_of(data);
    struct nc_files *files = &folder->files;
    char remark[80];
    folder->list(data, files);
    snprintf(remark, sizeof remark, "%lld GIF file%s passed over", files->gifs, files->gifs == 1 ? "" : "s");
    if (files->gifs > 0)
        nc_data_remark(data, remark);
    long long all = files->count;
    look_at_all(data);
    if (files->count == 0)
        nc_fail(data->run, NULL, "%s: none of the %lld pictures can be read", data->name, all);
    int *labels = nc_memory(data->run, files->count, sizeof *labels, data->kind);
    for (long long i = 0; i < files->count; i++)
        labels[i] = files->at[i].label;
    data->count = files->count;
    data->labels = labels;
    data->label_place = picture_name;
    nc_data_finish(data, 3, 0, 0, files->class_count, (const char *const *)files->classes);
}

/* ---- Other files in place of the data set's ---------------------------------------------------------------------- */

static void take(struct nc_data *data, char *const *paths, int count)
{
    const struct nc_other_files *other = ((struct nc_data_own *)data->own)->other_files;
    struct folder *folder = nc_memory(data->run, 1, sizeof *folder, data->kind);
    struct nc_files *files = &folder->files;
    int classes = 0;
    const char *const *names = other->names != NULL ? other->names(data, &classes) : NULL;
    folder->tell = 1;
    nc_pictures_from(data, &source, "none", folder);
    if (other->size.width > 0)
        nc_pictures_become(data, other->size);
    for (int i = 0; i < count; i++) {
        long long before = files->count;
        nc_files_of_path(data, paths[i], files);
        if (files->count > before)
            continue;
        nc_warn(data->run, "there is no picture in %s", paths[i]);
        data->broken++;
    }
    look_at_all(data);
    data->count = files->count;
    data->sample_name = picture_name;
    nc_data_finish(data, 3, 0, 0, classes, names);
}

void nc_take_pictures(struct nc_data *data, const struct nc_size *size, nc_class_names *names)
{
    struct nc_data_own *own = data->own;
    if (own->other_files == NULL)
        own->other_files = nc_memory(data->run, 1, sizeof *own->other_files, data->kind);
    own->other_files->size = size != NULL ? *size : (struct nc_size){0};
    own->other_files->names = names;
    data->take = take;
}

struct nc_data *nc_picture_files(struct nc_run *run, const char *name, const char *kind, const char *on_error,
                                 const char *cache, void (*list)(struct nc_data *data, struct nc_files *files),
                                 void *own)
{
    struct nc_data *data = nc_data_new(run, name, kind, NULL, 0, load);
    struct folder *folder = nc_memory(run, 1, sizeof *folder, kind);
    folder->list = list;
    folder->files.own = own;
    folder->skip = strcmp(on_error, "skip") == 0;
    nc_pictures_from(data, &source, cache, folder);
    nc_take_pictures(data, NULL, NULL);
    return data;
}
