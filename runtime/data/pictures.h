/* pictures.h: samples that are pictures to be decoded or changed before a model takes them.
 *
 * A picture comes from its source (a file, or the bytes of another form of data), goes through the transforms before
 * ToTensor, is laid out in planes, [channels][height][width], and goes on as bytes, for which the model has the table
 * data->pixel, or as floats where a transform behind ToTensor, or the model, wants them. What is the same every time,
 * up to the first transform that draws random numbers, may be kept (cache.c). */
#ifndef NC_DATA_PICTURES_H
#define NC_DATA_PICTURES_H

#include "image/transform.h"
#include "data.h"

/* What a thread works with. */
struct nc_preparer {
    struct nc_image image, spare;
    unsigned char *file; /* the file being read */
    long long file_capacity;
};

struct nc_picture_source {
    struct nc_size (*size)(const struct nc_data *data, long long sample);

    /* The picture of a sample in me->image. Returns 1; or 0 with a sentence in `why` that names it. */
    int (*read)(struct nc_data *data, long long sample, struct nc_preparer *me, char *why, size_t capacity);

    /* What a sample is called in messages: "photos/ants/a.jpg". */
    void (*name)(const struct nc_data *data, long long sample, char *name, size_t capacity);

    int costly; /* reading takes long: what has been read is worth keeping */
};

struct nc_pictures {
    const struct nc_picture_source *source;
    const struct nc_transform **transforms; /* in order: `pictures` of bytes, then those of floats */
    int *normalized;                        /* [count] how many Normalize stand before each */
    int count, pictures;
    int fixed;                              /* of the first of them, the result is the same every time */
    int floats;                             /* samples come out as floats */
    const char *cache_name;                 /* "memory", "disk", "none"; NULL: as it fits */
    struct nc_cache *cache;                 /* or NULL */
    struct nc_size raw;                     /* of each picture, where its source has all of one size */
    struct nc_preparer *preparers;
    int preparer_count;
    void *own;                              /* the source's */
};

/* A data set's; made when it is first asked for. */
struct nc_pictures *nc_pictures(struct nc_data *data);

/* Adds a transform to a data set's, in the order of the calls; it lives as long as the data. Ends the program where it
 * can't stand: one of pictures after ToTensor, one of tensors before it. */
void nc_data_transform(struct nc_data *data, const struct nc_transform *transform);

/* Before all other transforms pictures become such as those of the data set are: of so many channels (1: grey), and
 * resized as torchvision's Resize does. */
void nc_pictures_become(struct nc_data *data, struct nc_size size);

/* For a data set of files: where its pictures come from; before `load` calls nc_data_finish with the size 0, 0. */
void nc_pictures_from(struct nc_data *data, const struct nc_picture_source *source, const char *cache, void *own);

/* The whole of a file in me->file. Returns its bytes; or -1 with a sentence without its name in `why`. */
long long nc_read_file(struct nc_preparer *me, const char *path, long long most, char *why, size_t capacity);

void nc_preparer_free(struct nc_preparer *me);

/* ---- What is kept of pictures (cache.c) -------------------------------------------------------------------------- */

/* Chooses what data set and memory allow, and says it in *remark (capacity bytes). `size` gives each picture's when it
 * is kept. NULL: nothing is kept. */
struct nc_cache *nc_cache_open(struct nc_data *data, const char *name,
                               struct nc_size (*size)(struct nc_data *data, long long sample), char *remark,
                               size_t capacity);

/* The picture as it was kept. Returns 0 where it was not. */
int nc_cache_get(struct nc_cache *cache, long long sample, struct nc_image *image);
void nc_cache_put(struct nc_cache *cache, long long sample, const struct nc_image *image);

#endif
