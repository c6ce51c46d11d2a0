/* torchvision.datasets.ImageFolder: the folders in `root` are the classes, the pictures in them and below them the
 * samples, all sorted as torchvision/datasets/folder.py sorts them. */
#include <sys/stat.h>

#include "files.h"

struct image_folder {
    const char *root;
    int allow_empty;
};

static void check_empty(const struct nc_data *data, const struct nc_files *files, const char *root, int allow_empty)
{
    for (int label = 0, next = 0; label < files->class_count; label++) {
        int first = next;
        while (next < files->count && files->at[next].label == label)
            next++;
        if (next == first && !allow_empty)
            nc_fail(data->run, "take the folder away, or write allow_empty=True",
                    "%s: there is no picture in %s/%s (.jpg, .jpeg, .png, .ppm, .bmp, .pgm, .tif, .tiff or .webp)",
                    data->name, root, files->classes[label]);
    }
    if (files->count == 0)
        nc_fail(data->run, NULL, "%s: there is no picture in %s", data->name, root);
}

static void list(struct nc_data *data, struct nc_files *files)
{
    struct image_folder *own = files->own;
    own->root = nc_data_path(data->run, own->root);
    nc_files_of_classes(data, own->root, files);
    check_empty(data, files, own->root, own->allow_empty);
}

/* Where the folder is at hand, its classes are known even if a checkpoint tells none. */
static const char *const *names(struct nc_data *data, int *count)
{
    const struct image_folder *own = nc_picture_files_own(data);
    struct nc_files files = {0};
    struct stat status;
    const char *root = nc_data_path(data->run, own->root);
    if (stat(root, &status) == 0 && S_ISDIR(status.st_mode))
        nc_class_folders(data, root, &files);
    *count = files.class_count;
    return (const char *const *)files.classes;
}

struct nc_data *nc_image_folder(struct nc_run *run, const char *name, const char *root, int allow_empty,
                                const char *on_error, const char *cache)
{
    struct image_folder *own = nc_memory(run, 1, sizeof *own, "ImageFolder");
    own->root = root;
    own->allow_empty = allow_empty;
    struct nc_data *data = nc_picture_files(run, name, "ImageFolder", on_error, cache, list, own);
    nc_take_pictures(data, NULL, names);
    return data;
}
