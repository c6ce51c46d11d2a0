#include "files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEEPEST = 200 };

/* torchvision.datasets.folder.IMG_EXTENSIONS */
static const char *const endings[] = {".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp", NULL};

/* A folder on the way down, to know a link that leads back. */
struct level {
    const struct level *above;
    dev_t device;
    ino_t node;
    int depth;
};

/* The names in a folder. */
struct names {
    char **at;
    int count, room;
};

static void *grow(const struct nc_data *data, void *items, long long room, size_t size)
{
    items = realloc(items, (size_t)room * size);
    if (items == NULL)
        nc_fail(data->run, NULL, "%s: no memory for the names of its files", data->name);
    return items;
}

static char *text(const struct nc_data *data, const char *folder, const char *name)
{
    size_t room = strlen(folder) + strlen(name) + 2;
    char *whole = grow(data, NULL, (long long)room, 1);
    snprintf(whole, room, "%s%s%s", folder, folder[0] != '\0' ? "/" : "", name);
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
        if (names.count == names.room) {
            names.room = names.room > 0 ? 2 * names.room : 64;
            names.at = grow(data, names.at, names.room, sizeof *names.at);
        }
        names.at[names.count++] = text(data, "", entry->d_name);
    }
    if (errno != 0)
        nc_fail(data->run, NULL, "%s: the folder %s cannot be read: %s", data->name, folder, strerror(errno));
    closedir(stream);
    return names;
}

static void add_file(const struct nc_data *data, struct nc_files *files, struct nc_file file)
{
    if (files->count == files->room) {
        files->room = files->room > 0 ? 2 * files->room : 1024;
        files->at = grow(data, files->at, files->room, sizeof *files->at);
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

static int is_folder(const char *path, struct stat *status)
{
    return stat(path, status) == 0 && S_ISDIR(status->st_mode); /* a link counts as what it leads to */
}

/* Takes the files in and below a folder, whose path the files in it share: it is given back when there are none. */
static void walk(const struct nc_data *data, struct nc_files *files, char *folder, int label,
                 const struct level *above)
{
    struct level level = {.above = above, .depth = above != NULL ? above->depth + 1 : 0};
    struct stat status;
    int used = 0;
    if (stat(folder, &status) != 0)
        nc_fail(data->run, NULL, "%s: the folder %s cannot be read: %s", data->name, folder, strerror(errno));
    level.device = status.st_dev;
    level.node = status.st_ino;
    for (const struct level *l = above; l != NULL; l = l->above)
        if ((l->device == level.device && l->node == level.node) || level.depth > DEEPEST)
            nc_fail(data->run, "take the link away", "%s: %s leads back to a folder that it stands in", data->name,
                    folder);
    struct names names = list(data, folder);
    for (int i = 0; i < names.count; i++) {
        char *path = text(data, folder, names.at[i]);
        if (is_folder(path, &status)) {
            walk(data, files, path, label, &level);
            free(names.at[i]);
            continue;
        }
        free(path);
        used |= take_file(data, files, folder, names.at[i], label);
    }
    free(names.at);
    if (!used)
        free(folder);
}

void nc_files_of_path(struct nc_data *data, const char *path, struct nc_files *files)
{
    struct stat status;
    long long first = files->count;
    if (!is_folder(path, &status)) {
        add_file(data, files, (struct nc_file){"", path, 0});
        return;
    }
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    char *folder = grow(data, NULL, (long long)length + 1, 1);
    memcpy(folder, path, length);
    folder[length] = '\0';
    walk(data, files, folder, 0, NULL);
    if (files->count > first)
        qsort(files->at + first, (size_t)(files->count - first), sizeof *files->at, by_path);
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
    struct stat status;
    struct names names = list(data, root);
    int count = 0;
    for (int i = 0; i < names.count; i++) {
        char *path = text(data, root, names.at[i]);
        if (is_folder(path, &status))
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
    for (int label = 0; label < files->class_count; label++) {
        long long first = files->count;
        walk(data, files, text(data, root, files->classes[label]), label, NULL);
        if (files->count > first)
            qsort(files->at + first, (size_t)(files->count - first), sizeof *files->at, by_path);
    }
}
