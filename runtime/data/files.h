/* files.h: the picture files in folders, in torchvision's order. */
#ifndef NC_DATA_FILES_H
#define NC_DATA_FILES_H

#include "pictures.h"

struct nc_file {
    const char *folder, *name; /* of one folder all files share its name; a name may be a path of its own, and has to
                                * be where the folder is "" */
    int label;
};

struct nc_files {
    struct nc_file *at;
    long long count, capacity;
    char **classes; /* NULL ends them */
    int class_count;
    long long gifs; /* passed over, as torchvision takes none */
    void *own;      /* of the data set */
};

/* The folders in `root`, sorted, are the classes; the pictures in and below each its files, sorted as Python sorts what
 * os.walk(followlinks=True) gives: folder by folder by their whole paths. Ends the program where a folder can't be
 * read, or there is no class. Everything lives until the program ends. */
void nc_files_of_classes(struct nc_data *data, const char *root, struct nc_files *files);

/* The names of the classes alone. */
void nc_class_folders(struct nc_data *data, const char *root, struct nc_files *files);

/* Adds the file at `path`, whatever its ending; or of a folder the pictures in and below it, sorted likewise. */
void nc_files_of_path(struct nc_data *data, const char *path, struct nc_files *files);

/* The pictures in one folder, sorted by name, those below it left aside. */
void nc_files_of_folder(struct nc_data *data, const char *folder, struct nc_files *files);

/* Has `predict` take picture files for the samples of a data set. `size`: what its pictures are like, which others then
 * are made like; NULL: pictures of any size. `names` (may be NULL) gives the names of the *count classes, or NULL and 0
 * where they are not known without the data. */
typedef const char *const *nc_class_names(struct nc_data *data, int *count);
void nc_take_pictures(struct nc_data *data, const struct nc_size *size, nc_class_names *names);

/* A data set of picture files, which `list` finds with their labels; files->own is `own`. on_error and cache as of
 * nc_image_folder. */
struct nc_data *nc_picture_files(struct nc_run *run, const char *name, const char *kind, const char *on_error,
                                 const char *cache, void (*list)(struct nc_data *data, struct nc_files *files),
                                 void *own);
void *nc_picture_files_own(const struct nc_data *data); /* its `own` */

#endif
