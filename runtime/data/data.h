/* data.h: what the data sets share: making a struct nc_data, and finishing one once its samples are in memory. */
#ifndef NC_DATA_DATA_H
#define NC_DATA_DATA_H

#include "internal.h"

/* What a data set keeps in data->own. */
struct nc_data_own {
    const char *root; /* as the .net file says; NULL where there is none */
    int train;        /* the training part, not the test part */
    const void *set;  /* which of the sets that one file reads: a struct of that file's */
    void (*fetch)(const struct nc_data *data); /* puts it below the root; NULL: without download=True */
    int target;       /* Shapes: what a target is */
    int size, channels; /* Shapes: of a picture */
    int to_tensor;    /* ToTensor() is among the transforms */
    struct nc_normalization {
        float mean[NC_MAX_CHANNELS], std[NC_MAX_CHANNELS];
        int channels; /* 1: the same for all */
    } *normalizations; /* in order */
    int normalization_count;
    int tabled; /* so many of them are in the table of pixels */
    unsigned char *drawing; /* Shapes: where the samples are drawn, */
    unsigned char *drawn;   /* [count] and whether they have been */
    struct nc_other_files *other_files; /* how `predict` takes others for its pictures (picture_files.c), or NULL */
    struct nc_pictures *pictures; /* what is done with the pictures (pictures.c), or NULL: nothing */
    void (*finish)(struct nc_data *data); /* and how that begins */
};

/* "a PNG picture": what the bytes of a file begin, where it is a known kind that is no text; else NULL
 * (recognize.c). */
const char *nc_file_kind(const unsigned char *bytes, size_t size);
#define NC_ARRAY_FILE "an array of numpy's"

/* A data set of `kind` ("CIFAR10") that `load` will read. */
struct nc_data *nc_data_new(struct nc_run *run, const char *name, const char *kind, const char *root, int train,
                            void (*load)(struct nc_data *data));

/* Adds to what is said of the data set when it has been read; "" adds nothing. */
void nc_data_remark(struct nc_data *data, const char *remark);

/* Moves what is said of another data set to this one. */
void nc_data_take_remark(struct nc_data *data, struct nc_data *from);

/* What Normalize does to `pixels` floats of each channel: those noted from the one numbered `from` up to `to`, -1: all
 * further ones. */
void nc_normalize_floats(const struct nc_data *data, int from, int to, float *tensor, int channels, int pixels);

/* Describes byte images: [channels][height][width] bytes a sample, height 0 where they have sizes of their own. Builds
 * the pixel table out of the noted transforms and holds the shape and the classes (0: the targets are floats) against
 * the model's. Samples and labels or targets are set by the caller, before. */
void nc_data_finish(struct nc_data *data, int channels, int height, int width, int classes,
                    const char *const *class_names);

#endif
