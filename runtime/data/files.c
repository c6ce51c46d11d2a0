#include "files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEEPEST = 200, BUCKETS = 4096 };

/* Walks of folders that were walked before, which links lead to again: each takes the time of its files. */
enum { MOST_WALKS_AGAIN = 1 << 18 };

/* torchvision.datasets.folder.IMG_EXTENSIONS */
static const char *const endings[] = {".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp", NULL};

/* The names in a folder. */
struct names {
    char **at;
    int count, capacity;
};

/* A folder itself, whatever paths lead to it: it is read once. */
struct real {
    struct real *next; /* of its bucket */
    dev_t device;
    ino_t node;
    struct names pictures, folders;
    long long gifs;
    int open;   /* it is on the way down: a link that leads here leads back */
    int walked; /* to its end, on another way */
    int empty;  /* then there was no picture in or below it: it need not be walked again */
};

struct walk {
    const struct nc_data *data;
    struct nc_files *files;
    struct real *bucket[BUCKETS];
    long long again;
};

static void *grow(const struct nc_data *data, void *items, long long capacity, size_t size)
{
    return nc_memory_grow(data->run, items, capacity, (long long)size, "the names of files");
}

static char *text(const struct nc_data *data, const char *folder, const char *name)
{
    size_t capacity = strlen(folder) + strlen(name) + 2;
    char *whole = grow(data, NULL, (long long)capacity, 1);
    snprintf(whole, capacity, "%s%s%s", folder, folder[0] != '\0' ? "/" : "", name);
    return whole;
}

static int ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name), last = strlen(ending);
    for (size_t i = 0; i < last; i++)
        if (length < last || tolower((unsigned char)name[length - last + i]) != ending[i])
            return 0;
    return 1;
}

static int is_picture(const char *name)
{
    for (const char *const *ending = endings; *ending != NULL; ending++)
        if (ends_with(name, *ending))
            return 1;
    return 0;
}

/* The order of Python's strings, which are compared by code points as UTF-8 is byte by byte. */
static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int by_path(const void *a, const void *b)
{
    const struct nc_file *x = a, *y = b;
    int folders = strcmp(x->folder, y->folder);
    return folders != 0 ? folders : strcmp(x->name, y->name);
}

static void add_name(const struct nc_data *data, struct names *names, char *name)
{
    if (names->count == names->capacity) {
        names->capacity = names->capacity > 0 ? 2 * names->capacity : 64;
        names->at = grow(data, names->at, names->capacity, sizeof *names->at);
    }
    names->at[names->count++] = name;
}

static struct names list(const struct nc_data *data, const char *folder)
{
    struct names names = {0};
    const struct dirent *entry;
    DIR *stream = opendir(folder);
    if (stream == NULL)
        nc_fail(data->run, errno == ENOENT ? "relative paths begin at the folder of the .net file, or where --data says"
                                           : NULL,
                "%s: the folder %s cannot be read: %s", data->name, folder, strerror(errno));
    for (errno = 0; (entry = readdir(stream)) != NULL; errno = 0) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        add_name(data, &names, text(data, "", entry->d_name));
    }
    if (errno != 0)
        nc_fail(data->run, NULL, "%s: the folder %s cannot be read: %s", data->name, folder, strerror(errno));
    closedir(stream);
    return names;
}

static void add_file(const struct nc_data *data, struct nc_files *files, struct nc_file file)
{
    if (files->count == files->capacity) {
        files->capacity = files->capacity > 0 ? 2 * files->capacity : 1024;
        files->at = grow(data, files->at, files->capacity, sizeof *files->at);
    }
    files->at[files->count++] = file;
}

/* A file that is a picture by its ending: 1; a name that is not is given back. */
static int take_file(const struct nc_data *data, struct nc_files *files, const char *folder, char *name, int label)
{
    if (is_picture(name)) {
        add_file(data, files, (struct nc_file){folder, name, label});
        return 1;
    }
    files->gifs += ends_with(name, ".gif");
    free(name);
    return 0;
}

/* A link counts as what it leads to; one that leads nowhere is no folder. Anything else that stat cannot tell ends the
 * program: a class would be gone, and nobody would know. */
static int is_folder(const struct nc_data *data, const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0)
        return S_ISDIR(status.st_mode);
    if (errno != ENOENT && errno != ELOOP && errno != ENOTDIR)
        nc_fail(data->run, NULL, "%s: %s cannot be looked at: %s", data->name, path, strerror(errno));
    return 0;
}

/* What the folder at this path is, read when a path first leads to it. */
static struct real *real_folder(struct walk *walk, const char *path)
{
    const struct nc_data *data = walk->data;
    struct stat status;
    if (stat(path, &status) != 0)
        nc_fail(data->run, NULL, "%s: the folder %s cannot be read: %s", data->name, path, strerror(errno));
    struct real **bucket = &walk->bucket[(status.st_ino ^ status.st_dev) % BUCKETS];
    for (struct real *real = *bucket; real != NULL; real = real->next)
        if (real->device == status.st_dev && real->node == status.st_ino)
            return real;
    struct real *real = grow(data, NULL, 1, sizeof *real);
    *real = (struct real){.next = *bucket, .device = status.st_dev, .node = status.st_ino};
    *bucket = real;
    struct names names = list(data, path);
    for (int i = 0; i < names.count; i++) {
        char *inside = text(data, path, names.at[i]);
        if (is_folder(data, inside)) {
            add_name(data, &real->folders, names.at[i]);
        } else if (is_picture(names.at[i])) {
            add_name(data, &real->pictures, names.at[i]);
        } else {
            real->gifs += ends_with(names.at[i], ".gif");
            free(names.at[i]);
        }
        free(inside);
    }
    free(names.at);
    return real;
}

/* Takes the files in and below a folder, whose path the files in it share: it is given back when there are none. */
static void walk_folder(struct walk *walk, char *folder, int label, int depth)
{
    const struct nc_data *data = walk->data;
    struct nc_files *files = walk->files;
    long long before = files->count;
    struct real *real = real_folder(walk, folder);
    if (real->open || depth > DEEPEST)
        nc_fail(data->run, "take the link away", "%s: %s leads back to a folder that it stands in", data->name,
                folder);
    if (!real->empty) {
        real->open = 1;
        files->gifs += real->gifs;
        for (int i = 0; i < real->pictures.count; i++)
            add_file(data, files, (struct nc_file){folder, text(data, "", real->pictures.at[i]), label});
        for (int i = 0; i < real->folders.count; i++)
            walk_folder(walk, text(data, folder, real->folders.at[i]), label, depth + 1);
        real->open = 0;
    }
    if (real->walked && ++walk->again > MOST_WALKS_AGAIN)
        nc_fail(data->run, "take some of the links away",
                "%s: links lead to its folders along more than %d paths, the last of them %s", data->name,
                MOST_WALKS_AGAIN, folder);
    real->walked = 1;
    real->empty = files->count == before;
    if (real->pictures.count == 0)
        free(folder);
}

static void forget_names(struct names *names)
{
    for (int i = 0; i < names->count; i++)
        free(names->at[i]);
    free(names->at);
}

static void forget(struct walk *walk)
{
    for (int i = 0; i < BUCKETS; i++)
        for (struct real *real = walk->bucket[i], *next; real != NULL; real = next) {
            next = real->next;
            forget_names(&real->pictures);
            forget_names(&real->folders);
            free(real);
        }
    free(walk);
}

static struct walk *begin_walk(const struct nc_data *data, struct nc_files *files)
{
    struct walk *walk = grow(data, NULL, 1, sizeof *walk);
    *walk = (struct walk){.data = data, .files = files};
    return walk;
}

/* Adds the files in and below a folder, sorted. */
static void take_below(struct walk *walk, char *folder, int label)
{
    struct nc_files *files = walk->files;
    long long first = files->count;
    walk_folder(walk, folder, label, 0);
    if (files->count > first)
        qsort(files->at + first, (size_t)(files->count - first), sizeof *files->at, by_path);
}

void nc_files_of_path(struct nc_data *data, const char *path, struct nc_files *files)
{
    if (!is_folder(data, path)) {
        add_file(data, files, (struct nc_file){"", path, 0});
        return;
    }
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    char *folder = grow(data, NULL, (long long)length + 1, 1);
    memcpy(folder, path, length);
    folder[length] = '\0';
    struct walk *walk = begin_walk(data, files);
    take_below(walk, folder, 0);
    forget(walk);
}

void nc_files_of_folder(struct nc_data *data, const char *folder, struct nc_files *files)
{
    struct names names = list(data, folder);
    for (int i = 0; i < names.count; i++)
        take_file(data, files, folder, names.at[i], 0);
    free(names.at);
    if (files->count > 0)
        qsort(files->at, (size_t)files->count, sizeof *files->at, by_path);
}

void nc_class_folders(struct nc_data *data, const char *root, struct nc_files *files)
{
    struct names names = list(data, root);
    int count = 0;
    for (int i = 0; i < names.count; i++) {
        char *path = text(data, root, names.at[i]);
        if (is_folder(data, path))
            names.at[count++] = names.at[i];
        else
            free(names.at[i]);
        free(path);
    }
    if (count == 0)
        nc_fail(data->run, "each class has a folder of its own there, with its pictures in it",
                "%s: there is no folder in %s", data->name, root);
    qsort(names.at, (size_t)count, sizeof *names.at, by_name);
    names.at = grow(data, names.at, count + 1, sizeof *names.at);
    names.at[count] = NULL;
    files->classes = names.at;
    files->class_count = count;
}

void nc_files_of_classes(struct nc_data *data, const char *root, struct nc_files *files)
{
    nc_class_folders(data, root, files);
    struct walk *walk = begin_walk(data, files);
    for (int label = 0; label < files->class_count; label++)
        take_below(walk, text(data, root, files->classes[label]), label);
    forget(walk);
}
